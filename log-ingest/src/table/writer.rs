//! Commits a segment's rows to a table exactly once.
//!
//! Each commit carries a transaction marker: the name of the buffer and the segment's number. The
//! library does not refuse a marker that the table already has, so the writer looks first; it does
//! refuse one that another writer commits at the same moment. Looking closes the replay, the
//! refusal closes the race. Rows whose `event_id` the table has are left out.

use std::sync::Arc;

use ad_events::table::EVENT_ID;
use deltalake::DeltaTable;
use deltalake::arrow::array::RecordBatch;
use deltalake::kernel::Transaction;
use tokio::sync::Mutex;

use super::TableError;
use super::commit::{Change, Kind, commit, write_files};
use super::lake::LakeTable;
use super::seen::{SeenIds, SeenLimits, Unseen};

/// How often a commit is tried before the lander is told that it failed.
const ATTEMPTS: u32 = 5;

/// Writes to one table.
#[derive(Debug)]
pub struct TableWriter {
    table: Arc<LakeTable>,
    seen: Option<Mutex<SeenIds>>,
}

/// Names a segment forever.
#[derive(Debug, Clone, Copy)]
pub struct SegmentId<'a> {
    /// The buffer that numbered it.
    pub buffer: &'a str,
    /// Its number; numbers grow.
    pub seq: u64,
}

/// What became of the rows; together they are all rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Landed {
    /// Rows that this call added.
    pub stored: usize,
    /// Rows that the table has already.
    pub duplicates: usize,
}

impl TableWriter {
    /// A writer for that table.
    pub fn new(table: Arc<LakeTable>, limits: SeenLimits) -> Self {
        let has_ids = table.description().column(EVENT_ID).is_some();
        Self {
            seen: has_ids.then(|| Mutex::new(SeenIds::new(limits))),
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
        rows: &RecordBatch,
    ) -> Result<Landed, TableError> {
        let marker = self.marker(segment);
        for _ in 0..ATTEMPTS {
            let delta = self.table.delta().await?;
            if marker_of(&self.table, &delta, &marker.app_id).await? >= Some(marker.version) {
                return Ok(Landed {
                    stored: 0,
                    duplicates: rows.num_rows(),
                });
            }
            if let Some(stored) = self.append(&delta, marker.clone(), rows).await? {
                return Ok(Landed {
                    stored,
                    duplicates: rows.num_rows() - stored,
                });
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

    /// Number of rows that were new; `None` = another writer was faster.
    async fn append(
        &self,
        delta: &DeltaTable,
        marker: Transaction,
        rows: &RecordBatch,
    ) -> Result<Option<usize>, TableError> {
        let Some(seen) = &self.seen else {
            let added = self.add(delta, marker, rows).await?;
            return Ok(added.map(|_| rows.num_rows()));
        };
        let mut seen = seen.lock().await;
        seen.learn(self.table.description(), delta).await?;
        let unseen: Unseen = seen.unseen(rows).map_err(TableError::delta(self.table()))?;
        let stored = unseen.rows.num_rows();
        if stored == 0 {
            return Ok(Some(0));
        }
        let Some(files) = self.add(delta, marker, &unseen.rows).await? else {
            return Ok(None);
        };
        seen.remember(unseen, files);
        Ok(Some(stored))
    }

    async fn add(
        &self,
        delta: &DeltaTable,
        marker: Transaction,
        rows: &RecordBatch,
    ) -> Result<Option<Vec<String>>, TableError> {
        let adds = write_files(self.table.description(), delta, [rows.clone()]).await?;
        let files = adds.iter().map(|add| add.path.clone()).collect();
        let change = Change {
            kind: Kind::Append,
            adds,
            removes: Vec::new(),
            markers: vec![marker],
        };
        let version = commit(&self.table, delta, change).await?;
        Ok(version.map(|_| files))
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
