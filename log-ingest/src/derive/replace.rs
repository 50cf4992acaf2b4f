//! Puts derived rows into the place of those with the same keys, in one commit.

use deltalake::DeltaTable;
use deltalake::arrow::array::RecordBatch;
use deltalake::kernel::Transaction;

use super::rows::{Span, filtered};
use crate::table::commit::{Change, Kind, commit, write_files};
use crate::table::lake::LakeTable;
use crate::table::{TableError, files};

/// What takes whose place.
pub(crate) struct Replacement<'a, F> {
    /// Where a row to replace may be.
    pub(crate) span: Span,
    /// Columns that tell it.
    pub(crate) keys: &'a [&'a str],
    /// Whether a row is to be replaced.
    pub(crate) doomed: F,
    /// What comes instead.
    pub(crate) rows: Vec<RecordBatch>,
    /// The versions of the sources.
    pub(crate) markers: Vec<Transaction>,
    /// As what the commit counts.
    pub(crate) kind: Kind,
}

/// Rewrites the files with such rows. False = another instance changed the table, nothing happened.
pub(crate) async fn replace<F: Fn(&RecordBatch, usize) -> bool>(
    table: &LakeTable,
    delta: &DeltaTable,
    replacement: Replacement<'_, F>,
) -> Result<bool, TableError> {
    let description = table.description();
    let Replacement {
        span,
        keys,
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
        let mut touched = false;
        for batch in files::read(description, delta, &file, keys).await? {
            touched |= (0..batch.num_rows()).any(|row| doomed(&batch, row));
        }
        if !touched {
            continue;
        }
        let mut kept = Vec::new();
        for batch in files::read(description, delta, &file, &[]).await? {
            let rest = filtered(&batch, |batch, row| !doomed(batch, row));
            kept.push(rest.map_err(TableError::delta(table.name()))?);
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
