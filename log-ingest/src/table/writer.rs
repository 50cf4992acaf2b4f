//! Commits a segment's rows to a table exactly once.
//!
//! Each commit carries a transaction marker: the name of the buffer and the segment's number. The library does not refuse a marker that the table already has, so the writer looks
//! first; it does refuse one that another writer commits at the same moment. Looking closes the
//! replay, the refusal closes the race.

use std::sync::Arc;

use ad_events::table::{ColumnType, Table};
use deltalake::arrow::array::RecordBatch;
use deltalake::kernel::Transaction;
use deltalake::kernel::transaction::{CommitProperties, TransactionError};
use deltalake::parquet::basic::{Compression, ZstdLevel};
use deltalake::parquet::file::properties::WriterProperties;
use deltalake::parquet::schema::types::ColumnPath;
use deltalake::protocol::SaveMode;
use deltalake::{DeltaTable, DeltaTableError};

use super::TableError;
use super::durable::sync_commit;
use super::lake::LakeTable;

/// How often a commit is tried before the lander is told that it failed.
const ATTEMPTS: u32 = 5;

/// Writes to one table.
#[derive(Debug)]
pub struct TableWriter(Arc<LakeTable>);

/// Names a segment forever.
#[derive(Debug, Clone, Copy)]
pub struct SegmentId<'a> {
    /// The buffer that numbered it.
    pub buffer: &'a str,
    /// Its number; numbers grow.
    pub seq: u64,
}

/// What a commit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// The rows are in the table, by this call.
    Now,
    /// The table already had the segment.
    Before,
}

impl TableWriter {
    /// A writer for that table.
    pub fn new(table: Arc<LakeTable>) -> Self {
        Self(table)
    }

    /// Name of the table.
    pub fn table(&self) -> &'static str {
        self.0.name()
    }

    /// Adds the rows, unless the table has the segment's marker. After it returns, the rows
    /// survive a crash of the process and of the machine.
    pub async fn commit(
        &self,
        segment: SegmentId<'_>,
        rows: &RecordBatch,
    ) -> Result<Committed, TableError> {
        let marker = self.marker(segment);
        for _ in 0..ATTEMPTS {
            let delta = self.0.delta().await?;
            if self.last_segment(&delta, &marker.app_id).await? >= Some(marker.version) {
                return Ok(Committed::Before);
            }
            match self.append(delta, marker.clone(), rows.clone()).await {
                Ok(written) => return self.settle(&written).await,
                Err(error) if is_conflict(&error) => tracing::debug!(
                    table.name = self.table(),
                    error = %error,
                    "another writer committed first, trying again"
                ),
                Err(error) => return Err(TableError::delta(self.table())(error)),
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

    /// The newest segment that the table has from that buffer.
    async fn last_segment(
        &self,
        delta: &DeltaTable,
        app_id: &str,
    ) -> Result<Option<i64>, TableError> {
        let snapshot = delta.snapshot().map_err(TableError::delta(self.table()))?;
        let log = delta.log_store();
        let version = snapshot
            .snapshot()
            .transaction_version(log.as_ref(), app_id);
        version.await.map_err(TableError::delta(self.table()))
    }

    async fn append(
        &self,
        delta: DeltaTable,
        marker: Transaction,
        rows: RecordBatch,
    ) -> Result<DeltaTable, DeltaTableError> {
        delta
            .write([rows])
            .with_save_mode(SaveMode::Append)
            .with_writer_properties(file_properties(self.0.description()))
            .with_commit_properties(
                CommitProperties::default().with_application_transaction(marker),
            )
            .await
    }

    async fn settle(&self, written: &DeltaTable) -> Result<Committed, TableError> {
        let root = self.0.root().to_owned();
        let version = written.version().unwrap_or_default();
        tokio::task::spawn_blocking(move || sync_commit(&root, version)).await??;
        Ok(Committed::Now)
    }
}

/// zstd, and no dictionaries for ids, whose values hardly repeat within a file.
fn file_properties(table: &Table) -> WriterProperties {
    let level = ZstdLevel::try_new(3).unwrap_or_default();
    let mut properties = WriterProperties::builder().set_compression(Compression::ZSTD(level));
    for column in table.columns {
        if column.kind == ColumnType::Text && column.name.ends_with("_id") {
            let path = ColumnPath::from(column.name);
            properties = properties.set_column_dictionary_enabled(path, false);
        }
    }
    properties.build()
}

fn is_conflict(error: &DeltaTableError) -> bool {
    match error {
        DeltaTableError::VersionAlreadyExists(_) => true,
        DeltaTableError::Transaction { source } => matches!(
            source,
            TransactionError::CommitConflict(_)
                | TransactionError::VersionAlreadyExists(_)
                | TransactionError::MaxCommitAttempts(_)
        ),
        _ => false,
    }
}
