//! Joins small files of a day into larger ones, sorted as the table's description says.
//!
//! Files that lie next to each other in time are joined, so that a query for an hour still reads few
//! of them.

use std::collections::{BTreeMap, HashSet};

use ad_events::table::Source;
use chrono::{DateTime, NaiveDate, Utc};
use deltalake::arrow::array::{Array, RecordBatch};
use deltalake::arrow::compute::{
    SortColumn, SortOptions, concat, interleave_record_batch, lexsort_to_indices,
};
use deltalake::kernel::Add;
use deltalake::{DeltaTable, DeltaTableError};

use super::Maintenance;
use crate::stage::{self, Stage};
use crate::table::commit::{Change, Kind, NewFiles, Packing, commit};
use crate::table::lake::LakeTable;
use crate::table::rows::PIECE_ROWS;
use crate::table::{TableError, files};

/// How often a commit is tried while others append.
const ATTEMPTS: u32 = 10;

/// Joins what is worth it; returns how many files are gone.
pub(super) async fn compact(table: &LakeTable, rules: &Maintenance) -> Result<usize, TableError> {
    let mut gone = 0;
    let delta = table.delta().await?;
    let mut live = files::live(table.description(), &delta)?;
    if table.description().source == Source::Derived {
        let settled = Utc::now() - rules.settled_after;
        live.retain(|file| is_settled(file, settled));
    }
    for group in groups(live, rules) {
        let delta = table.delta().await?;
        let count = group.len();
        if join(table, delta, group).await? {
            gone += count - 1;
        }
    }
    Ok(gone)
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

/// False = another instance has joined or removed some of the files.
async fn join(
    table: &LakeTable,
    mut delta: DeltaTable,
    group: Vec<Add>,
) -> Result<bool, TableError> {
    if !all_live(table, &delta, &group)? {
        return Ok(false);
    }
    let _stage = stage::begin(Stage::Compact, table.name());
    let description = table.description();
    let failed = TableError::delta(table.name());
    let mut batches = Vec::new();
    for file in &group {
        batches.extend(files::read(description, &delta, file, &[]).await?);
    }
    let (order, batches) = tokio::task::spawn_blocking(move || {
        let order = order(&batches, description.sort);
        order.map(|order| (order, batches))
    })
    .await?
    .map_err(&failed)?;
    // Put together piece by piece, so that there is one copy of the rows.
    let batches: Vec<&RecordBatch> = batches.iter().collect();
    let mut joined = NewFiles::of((description, &delta), Packing::Tight)?;
    for places in order.chunks(PIECE_ROWS) {
        let piece = interleave_record_batch(&batches, places);
        joined
            .push(piece.map_err(|error| failed(error.into()))?)
            .await?;
    }
    let change = Change {
        kind: Kind::Compact,
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

fn all_live(table: &LakeTable, delta: &DeltaTable, group: &[Add]) -> Result<bool, TableError> {
    let live = files::live(table.description(), delta)?;
    let paths: HashSet<&str> = live.iter().map(|file| file.path.as_str()).collect();
    Ok(group.iter().all(|file| paths.contains(file.path.as_str())))
}

/// Number of a batch, and of a row in it.
type Place = (usize, usize);

/// Where the rows are that come first, second and so on by those columns.
fn order(batches: &[RecordBatch], columns: &[&str]) -> Result<Vec<Place>, DeltaTableError> {
    let mut sorted_by = Vec::with_capacity(columns.len());
    for name in columns {
        let parts = batches.iter().filter_map(|rows| rows.column_by_name(name));
        let parts: Vec<&dyn Array> = parts.map(AsRef::as_ref).collect();
        sorted_by.push(SortColumn {
            values: concat(&parts)?,
            options: Some(SortOptions::default()),
        });
    }
    let places: Vec<Place> = batches
        .iter()
        .enumerate()
        .flat_map(|(batch, rows)| (0..rows.num_rows()).map(move |row| (batch, row)))
        .collect();
    let order = lexsort_to_indices(&sorted_by, None)?;
    let order = order.values().iter();
    Ok(order
        .filter_map(|at| places.get(usize::try_from(*at).ok()?).copied())
        .collect())
}
