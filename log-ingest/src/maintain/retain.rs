//! Removes whole days that are too old, and files that no version uses any more.

use std::time::Duration;

use chrono::{DateTime, Days, Utc};
use deltalake::operations::vacuum::VacuumMode;

use crate::stage::{self, Stage};
use crate::table::commit::{Change, ChangeKind, commit};
use crate::table::lake::LakeTable;
use crate::table::{TableError, files};

/// Takes the days out of the table that lie further back; returns the number of files.
pub(super) async fn retain(
    table: &LakeTable,
    days: u32,
    now: DateTime<Utc>,
) -> Result<usize, TableError> {
    let Some(first_kept) = now
        .date_naive()
        .checked_sub_days(Days::new(u64::from(days)))
    else {
        return Ok(0);
    };
    let delta = table.delta().await?;
    let live = files::live(table.description(), &delta)?;
    let old = live
        .iter()
        .filter(|file| files::day_of(file).is_some_and(|day| day < first_kept));
    let removes: Vec<_> = old.map(|file| files::removal(file, true)).collect();
    let count = removes.len();
    if count == 0 {
        return Ok(0);
    }
    let change = Change {
        kind: ChangeKind::Delete,
        adds: Vec::new(),
        removes,
        markers: Vec::new(),
    };
    let done = commit(table, &delta, change).await?;
    Ok(done.map_or(0, |_| count))
}

/// Deletes unused files older than that; returns their number. The files of a write that was cut off before its
/// commit are in no version at all, so the folder is listed too.
pub(super) async fn vacuum(table: &LakeTable, after: Duration) -> Result<usize, TableError> {
    let after = chrono::Duration::from_std(after).unwrap_or(chrono::Duration::days(7));
    let delta = table.delta().await?;
    let _stage = stage::begin(Stage::Vacuum, Some(table.name()));
    let (_, metrics) = delta
        .vacuum()
        .with_mode(VacuumMode::Full)
        .with_retention_period(after)
        .with_enforce_retention_duration(false)
        .await
        .map_err(TableError::delta(table.name()))?;
    Ok(metrics.files_deleted.len())
}
