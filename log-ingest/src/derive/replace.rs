//! Puts derived rows into the place of those with the same keys, in one commit.

use deltalake::DeltaTable;
use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::compute::{filter_record_batch, not};
use deltalake::kernel::Transaction;

use super::rows::Span;
use crate::table::commit::{Change, Kind, commit, write_files};
use crate::table::files::Wanted;
use crate::table::lake::LakeTable;
use crate::table::{TableError, files};

/// What takes whose place.
pub(crate) struct Replacement {
    /// Where a row to replace may be.
    pub(crate) span: Span,
    /// The rows to replace.
    pub(crate) doomed: Wanted,
    /// What comes instead.
    pub(crate) rows: Vec<RecordBatch>,
    /// The versions of the sources.
    pub(crate) markers: Vec<Transaction>,
    /// As what the commit counts.
    pub(crate) kind: Kind,
}

/// Rewrites the files with such rows. False = another instance changed the table, nothing happened.
pub(crate) async fn replace(
    table: &LakeTable,
    delta: &DeltaTable,
    replacement: Replacement,
) -> Result<bool, TableError> {
    let description = table.description();
    let Replacement {
        span,
        doomed,
        rows,
        markers,
        kind,
    } = replacement;
    let (mut adds, mut removes) = (Vec::new(), Vec::new());
    for file in files::live(description, delta)? {
        if !files::overlaps(&file, span) {
            continue;
        }
        let keys = doomed.columns();
        let batches = files::read(description, delta, &file, keys).await?;
        let mut masks = batches.iter().map(|batch| doomed.mask(batch));
        if masks.all(|mask| mask.true_count() == 0) {
            continue;
        }
        let mut kept = Vec::new();
        for batch in files::read(description, delta, &file, &[]).await? {
            let rest =
                not(&doomed.mask(&batch)).and_then(|mask| filter_record_batch(&batch, &mask));
            kept.push(rest.map_err(|error| TableError::delta(table.name())(error.into()))?);
        }
        adds.extend(write_files(description, delta, kept).await?);
        removes.push(files::removal(&file, true));
    }
    adds.extend(write_files(description, delta, rows).await?);
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
