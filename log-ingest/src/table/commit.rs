//! One commit to a table: files that come, files that go, and the markers that make it happen once.

use ad_events::table::{Column, ColumnType, Table};
use deltalake::arrow::array::RecordBatch;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties, TransactionError};
use deltalake::kernel::{Action, Add, Remove, Transaction};
use deltalake::parquet::basic::{Compression, ZstdLevel};
use deltalake::parquet::file::properties::{EnabledStatistics, WriterProperties};
use deltalake::parquet::schema::types::ColumnPath;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use deltalake::{DeltaTable, DeltaTableError};

use super::TableError;
use super::durable::sync_commit;
use super::lake::LakeTable;
use crate::stage::{self, Stage};

/// What a commit is: its name in the table's history, and how conflicts with it are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    /// Only new rows; goes beside any other append.
    Append,
    /// Only new rows, with ids that no file has; must follow the version that was looked at.
    AppendNew,
    /// Rows computed again from all there are; nothing else may have changed the table meanwhile.
    Replace,
    /// The same rows in other files.
    Compact,
    /// Rows go for good.
    Delete,
}

impl ChangeKind {
    const fn stage(self) -> Stage {
        match self {
            Self::Append | Self::AppendNew => Stage::CommitRows,
            Self::Replace => Stage::CommitDerived,
            Self::Compact => Stage::CommitJoined,
            Self::Delete => Stage::CommitRemoval,
        }
    }
}

/// A commit in the making.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) kind: ChangeKind,
    pub(crate) adds: Vec<Add>,
    pub(crate) removes: Vec<Remove>,
    pub(crate) markers: Vec<Transaction>,
}

impl Change {
    /// Rows that come, with what makes them come once.
    pub(crate) fn of_rows(kind: ChangeKind, adds: Vec<Add>, marker: Transaction) -> Self {
        Self {
            kind,
            adds,
            removes: Vec::new(),
            markers: vec![marker],
        }
    }
}

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    /// Soon to be joined with others: for a small file, setting up strong compression for
    /// each of its columns costs more than writing it.
    Quick,
    /// To stay.
    Tight,
}

/// Files in the making that no version of the table has yet, one per partition.
///
/// What is pushed is encoded at once and not kept, so rows that come piece by piece are never in memory together.
pub(crate) struct NewFiles {
    table: &'static str,
    writer: RecordBatchWriter,
}

impl NewFiles {
    /// No rows yet.
    pub(crate) fn of(
        (table, delta): (&Table, &DeltaTable),
        packing: Packing,
    ) -> Result<Self, TableError> {
        let writer = RecordBatchWriter::for_table(delta).map_err(TableError::delta(table.name))?;
        Ok(Self {
            table: table.name,
            writer: writer.with_writer_properties(file_properties(table, packing)),
        })
    }

    /// Adds rows.
    pub(crate) async fn push(&mut self, rows: RecordBatch) -> Result<(), TableError> {
        if rows.num_rows() == 0 {
            return Ok(());
        }
        let written = self.writer.write(rows).await;
        written.map_err(TableError::delta(self.table))
    }

    /// The files, for a commit; none if there were no rows.
    pub(crate) async fn finish(mut self) -> Result<Vec<Add>, TableError> {
        let files = self.writer.flush().await;
        files.map_err(TableError::delta(self.table))
    }
}

/// Writes rows that are in memory into such files.
pub(crate) async fn write_files(
    table: (&Table, &DeltaTable),
    rows: impl IntoIterator<Item = RecordBatch>,
    packing: Packing,
) -> Result<Vec<Add>, TableError> {
    let mut files = NewFiles::of(table, packing)?;
    for piece in rows {
        files.push(piece).await?;
    }
    files.finish().await
}

/// Commits; after it returns, the change survives a crash of the process and of the machine.
/// `None` = somebody else changed the same at the same time, and nothing was committed.
pub(crate) async fn commit(
    table: &LakeTable,
    delta: &DeltaTable,
    change: Change,
) -> Result<Option<u64>, TableError> {
    let _stage = stage::begin(change.kind.stage(), Some(table.name()));
    let failed = TableError::delta(table.name());
    let data_change = change.kind != ChangeKind::Compact;
    let adds = change.adds.into_iter().map(|mut add| {
        add.data_change = data_change;
        Action::Add(add)
    });
    let mut properties = CommitProperties::default().with_application_transactions(change.markers);
    if !change.removes.is_empty() || change.kind == ChangeKind::AppendNew {
        // The library lets a file be taken out that another commit has just moved into a larger one,
        // and its rows would be there twice; and it knows nothing of ids. So such a commit must
        // follow the version it was made from.
        properties = properties.with_max_retries(0);
    }
    let removes = change.removes.into_iter().map(Action::Remove);
    let snapshot = delta.snapshot().map_err(&failed)?;
    let committed = CommitBuilder::from(properties)
        .with_actions(removes.chain(adds).collect())
        .build(Some(snapshot), delta.log_store(), operation(change.kind))
        .await;
    match committed {
        Ok(done) => {
            let version = done.version();
            if let Some(root) = table.root().map(std::path::Path::to_owned) {
                tokio::task::spawn_blocking(move || sync_commit(&root, version)).await??;
            }
            Ok(Some(version))
        }
        Err(error) if is_conflict(&error) => {
            tracing::debug!(table.name = table.name(), error = %error, "another writer committed first");
            Ok(None)
        }
        Err(error) => Err(failed(error)),
    }
}

fn operation(kind: ChangeKind) -> DeltaOperation {
    match kind {
        ChangeKind::Append | ChangeKind::AppendNew => DeltaOperation::Write {
            mode: SaveMode::Append,
            partition_by: None,
            predicate: None,
        },
        ChangeKind::Replace => DeltaOperation::Merge {
            predicate: None,
            merge_predicate: None,
            matched_predicates: Vec::new(),
            not_matched_predicates: Vec::new(),
            not_matched_by_source_predicates: Vec::new(),
        },
        ChangeKind::Compact => DeltaOperation::Optimize {
            predicate: None,
            target_size: 0,
        },
        ChangeKind::Delete => DeltaOperation::Delete { predicate: None },
    }
}

/// No dictionaries for ids, whose values hardly repeat within a file, and no statistics of what may name somebody.
///
/// The table's log takes the smallest and the largest value of a column over from the file, and keeps them when the row has
/// been forgotten, in its entries and checkpoints. Of ids they help no query: those of any file are spread over all that
/// there are.
fn file_properties(table: &Table, packing: Packing) -> WriterProperties {
    let compression = match packing {
        Packing::Quick => Compression::SNAPPY,
        Packing::Tight => Compression::ZSTD(ZstdLevel::try_new(3).unwrap_or_default()),
    };
    let mut properties = WriterProperties::builder().set_compression(compression);
    for column in table.columns {
        let path = ColumnPath::from(column.name);
        if is_id(column) {
            properties = properties.set_column_dictionary_enabled(path.clone(), false);
        }
        if is_id(column) || column.kind == ColumnType::Json {
            properties = properties.set_column_statistics_enabled(path, EnabledStatistics::None);
        }
    }
    properties.build()
}

fn is_id(column: &Column) -> bool {
    column.kind == ColumnType::Text && column.name.ends_with("_id")
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
