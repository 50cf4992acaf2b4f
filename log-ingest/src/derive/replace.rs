//! Puts derived rows into the place of those with the same keys, in one commit.

use ad_events::table::Table;
use deltalake::DeltaTable;
use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::compute::{filter_record_batch, not};
use deltalake::kernel::{Add, Transaction};
use futures_util::TryStreamExt as _;

use super::known_keys::KnownKeys;
use super::spans::Spans;
use crate::table::commit::{Change, ChangeKind, NewFiles, Packing, commit, write_files};
use crate::table::files::RowSelection;
use crate::table::lake::LakeTable;
use crate::table::{TableError, files};

/// Rows, and the rows that they replace.
pub(crate) struct Replacement<'a> {
    /// Where a row to replace may be.
    pub(crate) spans: Spans,
    /// The rows to replace.
    pub(crate) replaced: RowSelection,
    /// What is known of the table's files.
    pub(crate) known: &'a KnownKeys,
    /// What comes instead.
    pub(crate) rows: Vec<RecordBatch>,
    /// The versions of the sources.
    pub(crate) markers: Vec<Transaction>,
    /// What kind of change the commit is.
    pub(crate) kind: ChangeKind,
}

/// Rewrites the files with such rows. False = another instance changed the table, and nothing was written.
pub(crate) async fn replace(
    table: &LakeTable,
    delta: &DeltaTable,
    replacement: Replacement<'_>,
) -> Result<bool, TableError> {
    let description = table.description();
    let Replacement {
        spans,
        replaced,
        known,
        rows,
        markers,
        kind,
    } = replacement;
    let (mut adds, mut removes) = (Vec::new(), Vec::new());
    for file in files::live(description, delta)? {
        if !spans.touch(&file) || !has_any((description, delta), &file, (&replaced, known)).await? {
            continue;
        }
        let mut kept = NewFiles::of((description, delta), Packing::Quick)?;
        let mut pieces = files::pieces(description, delta, (&file, &[]), None).await?;
        while let Some(piece) = pieces.try_next().await? {
            let rest =
                not(&replaced.mask(&piece)).and_then(|mask| filter_record_batch(&piece, &mask));
            let rest = rest.map_err(|error| TableError::delta(table.name())(error.into()));
            kept.push(rest?).await?;
        }
        adds.extend(kept.finish().await?);
        removes.push(files::removal(&file, true));
    }
    adds.extend(write_files((description, delta), rows, Packing::Quick).await?);
    if adds.is_empty() && removes.is_empty() && markers.is_empty() {
        return Ok(true);
    }
    let change = Change {
        kind,
        adds,
        removes,
        markers,
    };
    Ok(commit(table, delta, change).await?.is_some())
}

/// Whether a file has a row to replace.
async fn has_any(
    (table, delta): (&'static Table, &DeltaTable),
    file: &Add,
    (replaced, known): (&RowSelection, &KnownKeys),
) -> Result<bool, TableError> {
    if replaced.keys().is_some() {
        return known.may_have((table, delta), file, replaced).await;
    }
    let batches = files::read(table, delta, file, replaced.columns()).await?;
    let mut masks = batches.iter().map(|batch| replaced.mask(batch));
    Ok(masks.any(|mask| mask.true_count() > 0))
}
