//! Joins small files of a day into larger ones, sorted as the table's description says.
//!
//! Files that lie next to each other in time are joined, so that a query for an hour still reads few
//! of them.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use ad_events::table::Source;
use chrono::{DateTime, NaiveDate, Utc};
use deltalake::arrow::array::{Array, RecordBatch};
use deltalake::arrow::compute::{
    SortColumn, SortOptions, concat, interleave_record_batch, lexsort_to_indices,
};
use deltalake::kernel::Add;
use deltalake::{DeltaTable, DeltaTableError};
use futures_util::TryStreamExt as _;

use super::Maintenance;
use crate::stage::{self, Stage};
use crate::table::commit::{Change, ChangeKind, NewFiles, Packing, commit};
use crate::table::lake::LakeTable;
use crate::table::rows::PIECE_ROWS;
use crate::table::version::TableVersion;
use crate::table::{TableError, files};

/// How often a commit is tried while others append.
const ATTEMPTS: u32 = 10;

/// Joins what is worth it; returns how many files are gone.
pub(super) async fn compact(
    table: &Arc<LakeTable>,
    rules: &Maintenance,
) -> Result<usize, TableError> {
    let mut gone = 0;
    let mut live = TableVersion::newest(table).await?.files()?;
    if table.description().source == Source::Derived {
        let settled = Utc::now() - rules.settled_after;
        live.retain(|file| is_settled(file, settled));
    }
    let mut failed = None;
    for group in groups(live, rules) {
        let version = TableVersion::newest(table).await?;
        let count = group.len();
        match join(version, group).await {
            Ok(true) => gone += count - 1,
            Ok(false) => {}
            // The other groups are joined all the same.
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(gone), Err)
}

/// Whether all rows of a file are older than that.
fn is_settled(file: &Add, settled: DateTime<Utc>) -> bool {
    files::span_of(file).is_none_or(|(_, to)| to < settled.timestamp_micros())
}

/// Small files of the same day, in the order of their time, as many as make one full file.
fn groups(live: Vec<Add>, rules: &Maintenance) -> Vec<Vec<Add>> {
    let mut days: BTreeMap<Option<NaiveDate>, Vec<Add>> = BTreeMap::new();
    for file in live {
        if files::rows_of(&file) < rules.max_rows {
            days.entry(files::day_of(&file)).or_default().push(file);
        }
    }
    let mut groups = Vec::new();
    for mut small in days.into_values() {
        small.sort_by_key(|file| files::span_of(file).map_or(0, |(from, _)| from));
        let mut group: Vec<Add> = Vec::new();
        let mut rows = 0;
        for file in small {
            let more = files::rows_of(&file);
            if rows + more > rules.max_rows && !group.is_empty() {
                groups.push(std::mem::take(&mut group));
                rows = 0;
            }
            rows += more;
            group.push(file);
        }
        groups.push(group);
    }
    groups.retain(|group| group.len() >= rules.min_files);
    groups
}

/// Rows of a group in memory, bytes. Files that unpack to more stay as they are.
const MOST_BYTES: usize = 1 << 30;

/// False = another instance has joined or removed some of the files, or they are too large, or one is bad and the others
/// are joined without it the next time.
async fn join(version: TableVersion, group: Vec<Add>) -> Result<bool, TableError> {
    let table = version.table.as_ref();
    let mut delta = version.delta.clone();
    if !all_live(table, &delta, &group)? {
        return Ok(false);
    }
    let _stage = stage::begin(Stage::Compact, Some(table.name()));
    let description = table.description();
    let failed = TableError::delta(table.name());
    let read = read_all(table, &delta, &group).await;
    let Some(Some(batches)) = version.unless_bad(read).await? else {
        return Ok(false);
    };
    let (order, batches) = tokio::task::spawn_blocking(move || {
        let order = order(&batches, description.sort);
        order.map(|order| (order, batches))
    })
    .await?
    .map_err(&failed)?;
    // Put together piece by piece, so that there is one copy of the rows.
    let batches: Vec<&RecordBatch> = batches.iter().collect();
    let mut joined = NewFiles::of((description, &delta), Packing::Tight)?;
    for positions in order.chunks(PIECE_ROWS) {
        let piece = interleave_record_batch(&batches, positions);
        joined
            .push(piece.map_err(|error| failed(error.into()))?)
            .await?;
    }
    let change = Change {
        kind: ChangeKind::Compact,
        adds: joined.finish().await?,
        removes: group
            .iter()
            .map(|file| files::removal(file, false))
            .collect(),
        markers: Vec::new(),
    };
    for _ in 0..ATTEMPTS {
        if commit(table, &delta, change.clone()).await?.is_some() {
            return Ok(true);
        }
        delta = table.delta().await?;
        if !all_live(table, &delta, &group)? {
            break;
        }
    }
    Ok(false)
}

/// All rows of the files; `None` = too many to have in memory.
async fn read_all(
    table: &LakeTable,
    delta: &DeltaTable,
    group: &[Add],
) -> Result<Option<Vec<RecordBatch>>, TableError> {
    let (mut batches, mut bytes) = (Vec::new(), 0);
    for file in group {
        let what = (file, [].as_slice());
        let mut pieces = files::pieces(table.description(), delta, what, None).await?;
        while let Some(piece) = pieces.try_next().await? {
            bytes += piece.get_array_memory_size();
            batches.push(piece);
            if bytes > MOST_BYTES {
                tracing::warn!(
                    table = table.name(),
                    "small files unpack to too much, left alone"
                );
                return Ok(None);
            }
        }
    }
    Ok(Some(batches))
}

fn all_live(table: &LakeTable, delta: &DeltaTable, group: &[Add]) -> Result<bool, TableError> {
    let live = files::live(table.description(), delta)?;
    let paths: HashSet<&str> = live.iter().map(|file| file.path.as_str()).collect();
    Ok(group.iter().all(|file| paths.contains(file.path.as_str())))
}

/// Number of a batch, and of a row in it.
type RowPosition = (usize, usize);

/// Where the rows are that come first, second and so on by those columns.
fn order(batches: &[RecordBatch], columns: &[&str]) -> Result<Vec<RowPosition>, DeltaTableError> {
    let mut sorted_by = Vec::with_capacity(columns.len());
    for name in columns {
        let parts = batches.iter().filter_map(|rows| rows.column_by_name(name));
        let parts: Vec<&dyn Array> = parts.map(AsRef::as_ref).collect();
        sorted_by.push(SortColumn {
            values: concat(&parts)?,
            options: Some(SortOptions::default()),
        });
    }
    let positions: Vec<RowPosition> = batches
        .iter()
        .enumerate()
        .flat_map(|(batch, rows)| (0..rows.num_rows()).map(move |row| (batch, row)))
        .collect();
    let order = lexsort_to_indices(&sorted_by, None)?;
    let order = order.values().iter();
    Ok(order
        .filter_map(|at| positions.get(usize::try_from(*at).ok()?).copied())
        .collect())
}
