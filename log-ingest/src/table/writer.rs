//! Commits a segment's rows to a table exactly once.
//!
//! Each commit carries a transaction marker: the name of the buffer and the segment's number. The
//! library does not refuse a marker that the table already has, so the writer looks first; it does
//! refuse one that another writer commits at the same moment. Looking takes care of replays, the
//! refusal of races. Rows whose `event_id` the table has are left out; such a commit must
//! follow the very version that was looked at, or another instance's commit of the same event
//! could slip in between.

use std::sync::Arc;

use ad_events::table::EVENT_ID;
use deltalake::DeltaTable;
use deltalake::arrow::array::RecordBatch;
use deltalake::kernel::{Add, Transaction};
use tokio::sync::Mutex;

use super::TableError;
use super::commit::{Change, ChangeKind, Packing, commit, write_files};
use super::lake::LakeTable;
use super::log_entry::LogEntry;
use super::recent_ids::{NewIds, RecentIdLimits, RecentIds};
use super::version::TableVersion;

/// How often a commit is tried before the lander is told that it failed.
const ATTEMPTS: u32 = 20;

/// Versions that are searched for a segment's commit. Segments land in order, so one that
/// comes again is the last of its buffer.
const LOOK_BACK: usize = 200;

/// Writes to one table.
#[derive(Debug)]
pub struct TableWriter {
    table: Arc<LakeTable>,
    recent: Option<Mutex<RecentIds>>,
}

/// Names a segment forever.
#[derive(Debug, Clone, Copy)]
pub struct SegmentId<'a> {
    /// The buffer that numbered it.
    pub buffer: &'a str,
    /// Its number; numbers grow.
    pub seq: u64,
}

/// What became of the segment's rows; together they are all rows. A segment that comes again, because
/// a crash or a lost answer hid that it is in the table, has the same numbers as the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Landed {
    /// Rows that the segment added.
    pub stored: usize,
    /// Rows that the table had already.
    pub duplicates: usize,
}

impl Landed {
    fn of(rows: &[RecordBatch], stored: usize) -> Self {
        Self {
            stored,
            duplicates: number_of(rows).saturating_sub(stored),
        }
    }
}

fn number_of(rows: &[RecordBatch]) -> usize {
    rows.iter().map(RecordBatch::num_rows).sum()
}

/// Files of rows that were new when the files were written; they are not committed yet.
#[derive(Debug)]
struct UncommittedFiles {
    new_ids: NewIds,
    adds: Vec<Add>,
}

impl TableWriter {
    /// A writer for that table.
    pub fn new(table: Arc<LakeTable>, limits: RecentIdLimits) -> Self {
        let has_ids = table.description().column(EVENT_ID).is_some();
        Self {
            recent: has_ids.then(|| Mutex::new(RecentIds::new(limits))),
            table,
        }
    }

    /// Name of the table.
    pub fn table(&self) -> &'static str {
        self.table.name()
    }

    /// Adds the rows that the table does not have, unless it has the segment's marker. After it
    /// returns, the rows survive a crash of the process and of the machine.
    pub async fn land(
        &self,
        segment: SegmentId<'_>,
        rows: &[RecordBatch],
    ) -> Result<Landed, TableError> {
        let marker = self.marker(segment);
        let mut uncommitted = None;
        for _ in 0..ATTEMPTS {
            let delta = self.table.delta().await?;
            let newest = marker_of(&self.table, &delta, &marker.app_id).await?;
            if newest >= Some(marker.version) {
                let stored = self.stored_with(&delta, &marker).await;
                return Ok(Landed::of(rows, stored.unwrap_or_default()));
            }
            let done = match &self.recent {
                Some(recent) => {
                    let recent = &mut *recent.lock().await;
                    self.append_new(&delta, (&marker, rows), recent, &mut uncommitted)
                        .await?
                }
                None => self.append(&delta, &marker, rows).await?,
            };
            if let Some(stored) = done {
                return Ok(Landed::of(rows, stored));
            }
        }
        Err(TableError::Contended {
            table: self.table(),
            attempts: ATTEMPTS,
        })
    }

    fn marker(&self, segment: SegmentId<'_>) -> Transaction {
        let app_id = format!("{}/{}", segment.buffer, self.table());
        Transaction::new(app_id, i64::try_from(segment.seq).unwrap_or(i64::MAX))
    }

    /// Adds all rows; `None` = another writer was faster.
    async fn append(
        &self,
        delta: &DeltaTable,
        marker: &Transaction,
        rows: &[RecordBatch],
    ) -> Result<Option<usize>, TableError> {
        let adds = write_files(
            (self.table.description(), delta),
            rows.iter().cloned(),
            Packing::Quick,
        )
        .await?;
        let change = Change::of_rows(ChangeKind::Append, adds, marker.clone());
        let version = commit(&self.table, delta, change).await?;
        Ok(version.map(|_| number_of(rows)))
    }

    /// Adds the rows whose ids are in no file of that version and returns their number; `None` = the
    /// table has changed since, and may have some of the ids now. The files that were written are kept for the
    /// next attempt, which usually finds the same rows new.
    async fn append_new(
        &self,
        delta: &DeltaTable,
        (marker, rows): (&Transaction, &[RecordBatch]),
        recent: &mut RecentIds,
        uncommitted: &mut Option<UncommittedFiles>,
    ) -> Result<Option<usize>, TableError> {
        let description = self.table.description();
        let version = TableVersion {
            table: Arc::clone(&self.table),
            delta: delta.clone(),
        };
        recent.learn(&version).await?;
        let (new_ids, rows): (NewIds, _) = recent
            .new_ids(rows)
            .map_err(TableError::delta(self.table()))?;
        let stored = number_of(&rows);
        if stored == 0 {
            return Ok(Some(0));
        }
        let adds = match uncommitted
            .take()
            .filter(|before| before.new_ids.is_same(&new_ids))
        {
            Some(before) => before.adds,
            None => write_files((description, delta), rows, Packing::Quick).await?,
        };
        let change = Change::of_rows(ChangeKind::AppendNew, adds.clone(), marker.clone());
        if commit(&self.table, delta, change).await?.is_none() {
            *uncommitted = Some(UncommittedFiles { new_ids, adds });
            return Ok(None);
        }
        recent.remember(new_ids, adds.into_iter().map(|add| add.path));
        Ok(Some(stored))
    }

    /// Rows that the commit with that marker added, as far as the log shows.
    async fn stored_with(&self, delta: &DeltaTable, marker: &Transaction) -> Option<usize> {
        let newest = delta.version().unwrap_or_default();
        for version in (0..=newest).rev().take(LOOK_BACK) {
            let entry = delta.log_store().read_commit_entry(version).await;
            let entry = LogEntry::parse(&entry.ok()??);
            if entry.has_marker(marker) {
                return Some(entry.added_rows());
            }
        }
        None
    }
}

/// The newest number that the table has under that name.
pub(crate) async fn marker_of(
    table: &LakeTable,
    delta: &DeltaTable,
    app_id: &str,
) -> Result<Option<i64>, TableError> {
    let failed = TableError::delta(table.name());
    let snapshot = delta.snapshot().map_err(&failed)?;
    let log = delta.log_store();
    let version = snapshot
        .snapshot()
        .transaction_version(log.as_ref(), app_id);
    version.await.map_err(failed)
}

#[cfg(test)]
mod tests;
