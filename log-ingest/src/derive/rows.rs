//! The rows of a source that a step needs, in memory, and SQL over them.

use std::sync::Arc;

use ad_events::table::{EVENT_TIME, Table};
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::prelude::{SessionConfig, SessionContext};
use deltalake::arrow::array::new_null_array;
use deltalake::arrow::array::{Array, AsArray, RecordBatch, TimestampMicrosecondArray};
use deltalake::arrow::compute::{cast, filter_record_batch};
use deltalake::arrow::datatypes::TimestampMicrosecondType;
use tokio::task::JoinSet;

use super::known_keys::KnownKeys;
use super::spans::Spans;
use crate::table::TableError;
use crate::table::files::RowSelection;
pub(crate) use crate::table::files::text;
use crate::table::schema::arrow_schema;
use crate::table::version::TableVersion;

/// Rows of tables, to be asked by SQL.
pub(super) type Sources = Vec<(&'static Table, Vec<RecordBatch>)>;

/// The statement has no result over these rows, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unanswered(pub(super) String);

/// When the event of a row happened.
pub(super) fn time(batch: &RecordBatch, row: usize) -> Option<i64> {
    let column: &TimestampMicrosecondArray = batch
        .column_by_name(EVENT_TIME.name)?
        .as_primitive_opt::<TimestampMicrosecondType>()?;
    column.is_valid(row).then(|| column.value(row))
}

/// Columns of a source whose names are in the statement, and perhaps some more. The statement needs no others, since it has a
/// star only for what it has made itself; in wide tables, most columns are such others.
pub(super) fn named(sql: &str, source: &Table) -> Vec<&'static str> {
    let names = source.columns.iter().map(|column| column.name);
    names.filter(|name| sql.contains(name)).collect()
}

/// All rows of a stretch of time that are wanted, with some columns or all. Those in bad files are left out.
pub(super) async fn load(
    version: &TableVersion,
    spans: &Spans,
    columns: &[&str],
    (wanted, known): (&RowSelection, &KnownKeys),
) -> Result<Vec<RecordBatch>, TableError> {
    let mut found = Vec::new();
    for file in version.files()? {
        if spans.touch(&file) && known.may_have(version, &file, wanted).await? {
            let rows = version.read_where((&file, columns), Some(wanted)).await?;
            found.extend(rows.into_iter().flatten());
        }
    }
    Ok(found)
}

/// The rows of a batch that are wanted.
pub(super) fn selected(
    rows: &[RecordBatch],
    wanted: &RowSelection,
    table: &'static str,
) -> Result<Vec<RecordBatch>, TableError> {
    let kept = rows.iter().map(|piece| {
        let kept = filter_record_batch(piece, &wanted.mask(piece));
        kept.map_err(|source| TableError::Batch { table, source })
    });
    kept.collect()
}

/// Runs SQL over rows in memory; the result has the columns of `target` by name, the rest of them empty.
///
/// It runs as a task of its own: should the engine panic over these rows, that is a failure of these rows.
pub(super) async fn run_sql(
    sources: Sources,
    sql: &str,
    target: &'static Table,
) -> Result<Vec<RecordBatch>, Unanswered> {
    let mut task = JoinSet::new();
    let sql = sql.to_owned();
    task.spawn(async move { answer(sources, &sql, target).await });
    match task.join_next().await {
        Some(Ok(Ok(rows))) => Ok(rows),
        Some(Ok(Err(error))) => Err(Unanswered(error.strip_backtrace())),
        Some(Err(panic)) => Err(Unanswered(panic.to_string())),
        None => Err(Unanswered("the task is gone".to_owned())),
    }
}

async fn answer(
    sources: Sources,
    sql: &str,
    target: &'static Table,
) -> Result<Vec<RecordBatch>, DataFusionError> {
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
    for (table, rows) in sources {
        let schema = rows
            .first()
            .map_or_else(|| arrow_schema(table), RecordBatch::schema);
        context.register_table(table.name, Arc::new(MemTable::try_new(schema, vec![rows])?))?;
    }
    let batches = context.sql(sql).await?.collect().await?;
    let schema = arrow_schema(target);
    let conformed = batches.iter().map(|batch| {
        let columns =
            schema
                .fields()
                .iter()
                .map(|field| match batch.column_by_name(field.name()) {
                    Some(column) => cast(column, field.data_type()),
                    None => Ok(new_null_array(field.data_type(), batch.num_rows())),
                });
        RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, _>>()?)
    });
    Ok(conformed.collect::<Result<_, _>>()?)
}
