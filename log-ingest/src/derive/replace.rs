//! Puts derived rows into the place of those with the same keys, in one commit.

use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::compute::{filter_record_batch, not};
use deltalake::kernel::{Add, Transaction};
use futures_util::TryStreamExt as _;

use super::known_keys::KnownKeys;
use super::spans::Spans;
use crate::table::commit::{Change, ChangeKind, NewFiles, Packing, commit, write_files};
use crate::table::files::RowSelection;
use crate::table::version::TableVersion;
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

/// Rewrites the files with such rows; one that cannot be read stays as it is. False = another instance changed the table,
/// nothing happened.
pub(crate) async fn replace(
    version: &TableVersion,
    replacement: Replacement<'_>,
) -> Result<bool, TableError> {
    let Replacement {
        spans,
        replaced,
        known,
        rows,
        markers,
        kind,
    } = replacement;
    let (mut adds, mut removes) = (Vec::new(), Vec::new());
    for file in version.files()? {
        if !spans.touch(&file) || !has_any(version, &file, (&replaced, known)).await? {
            continue;
        }
        let rest = rest_of(version, &file, &replaced).await;
        let Some(rest) = version.unless_bad(rest).await? else {
            continue;
        };
        adds.extend(rest.finish().await?);
        removes.push(files::removal(&file, true));
    }
    let target = (version.description(), &version.delta);
    adds.extend(write_files(target, rows, Packing::Quick).await?);
    if adds.is_empty() && removes.is_empty() && markers.is_empty() {
        return Ok(true);
    }
    let change = Change {
        kind,
        adds,
        removes,
        markers,
    };
    let committed = commit(&version.table, &version.delta, change).await?;
    Ok(committed.is_some())
}

/// The rows of a file that stay, not written to the end yet.
async fn rest_of(
    version: &TableVersion,
    file: &Add,
    replaced: &RowSelection,
) -> Result<NewFiles, TableError> {
    let (table, delta) = (version.description(), &version.delta);
    let mut kept = NewFiles::of((table, delta), Packing::Quick)?;
    let mut pieces = files::pieces(table, delta, (file, &[]), None).await?;
    while let Some(piece) = pieces.try_next().await? {
        let rest = not(&replaced.mask(&piece)).and_then(|mask| filter_record_batch(&piece, &mask));
        let rest = rest.map_err(|error| TableError::delta(table.name)(error.into()));
        kept.push(rest?).await?;
    }
    Ok(kept)
}

/// Whether a file has a row to replace.
async fn has_any(
    version: &TableVersion,
    file: &Add,
    (replaced, known): (&RowSelection, &KnownKeys),
) -> Result<bool, TableError> {
    if replaced.keys().is_some() {
        return known.may_have(version, file, replaced).await;
    }
    let batches = version.read(file, replaced.columns()).await?;
    let mut masks = batches.iter().flatten().map(|batch| replaced.mask(batch));
    Ok(masks.any(|mask| mask.true_count() > 0))
}
