//! Keeps the tables small and quick: joins small files, removes what is too old, forgets a page view, drops a file that
//! cannot be read.
//!
//! Every instance does it. When two of them work on the same files at the same time, one of them
//! commits, and the other notices and leaves it.

mod compact;
mod drop_file;
mod forget;
mod retain;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::table::TableError;
use crate::table::lake::{Lake, LakeTable};
pub use drop_file::DroppedFile;

/// Days for which the rows of each table are kept.
pub type Retention = BTreeMap<&'static str, u32>;

/// How the tables are maintained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maintenance {
    /// Small files are joined at this interval.
    pub compact_every: Duration,
    /// The number of small files in a day that makes joining worthwhile.
    pub min_files: usize,
    /// A file with this many rows is not small.
    pub max_rows: u64,
    /// Files of derived tables are left alone until their last row is this old: young ones are
    /// computed again and again, and a large file would be written again for each of its rows.
    pub settled_after: Duration,
    /// Old rows and files are removed at this interval.
    pub clean_every: Duration,
    /// Files that no version uses are kept this long, for queries that still read them.
    pub vacuum_after: Duration,
    /// Days per table.
    pub retention: Retention,
}

/// Maintains the tables of a lake.
#[derive(Debug, Clone)]
pub struct Maintainer {
    lake: Lake,
    rules: Maintenance,
}

impl Maintainer {
    /// By those rules.
    pub fn new(lake: Lake, rules: Maintenance) -> Self {
        Self { lake, rules }
    }

    /// Joins small files; returns how many are gone.
    pub async fn compact(&self) -> Result<usize, TableError> {
        let mut gone = Ok(0);
        for table in self.lake.tables() {
            gone = joined(gone, compact::compact(table, &self.rules).await);
        }
        gone
    }

    /// Removes the rows whose time is over at that moment; returns how many files went with them.
    pub async fn retain(&self, now: DateTime<Utc>) -> Result<usize, TableError> {
        let mut gone = Ok(0);
        for table in self.lake.tables() {
            let days = self.rules.retention.get(table.name());
            let days = days.copied().unwrap_or(table.description().keep_days);
            gone = joined(gone, retain::retain(table, days, now).await);
        }
        gone
    }

    /// Deletes the files that no version of the last days uses; returns how many.
    pub async fn vacuum(&self) -> Result<usize, TableError> {
        let mut gone = Ok(0);
        for table in self.lake.tables() {
            gone = joined(gone, retain::vacuum(table, self.rules.vacuum_after).await);
        }
        gone
    }
}

/// Both counts, or the first error: what fails for one table is done for the others all the same.
fn joined(
    before: Result<usize, TableError>,
    next: Result<usize, TableError>,
) -> Result<usize, TableError> {
    Ok(before? + next?)
}

/// Takes a file that cannot be read out of a table, under the path that the table has for it.
///
/// # Errors
/// The table cannot be read or written.
pub async fn drop_file(table: &Arc<LakeTable>, path: &str) -> Result<DroppedFile, TableError> {
    drop_file::drop_file(table, path).await
}

/// Removes all rows of a page view and of its auctions from all tables; returns how many tables had
/// some.
///
/// # Errors
/// A table that cannot be read or written. Or, when all is done, files that cannot be read: they may hold such rows.
pub async fn forget(lake: &Lake, page_view_id: &str) -> Result<usize, TableError> {
    let ids = Arc::new(forget::ForgottenIds::of(lake, page_view_id).await?);
    let mut tables = 0;
    for table in lake.tables() {
        tables += usize::from(forget::forget(table, &ids).await?);
    }
    let bad: Vec<String> = lake
        .bad_files()
        .all()
        .iter()
        .map(ToString::to_string)
        .collect();
    match bad.is_empty() {
        true => Ok(tables),
        false => Err(TableError::NotForgotten(bad.join("; "))),
    }
}
