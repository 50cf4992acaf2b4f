//! The rows of a source that a step needs, in memory, and SQL over them.

use std::sync::Arc;

use ad_events::table::{EVENT_TIME, Table};
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::prelude::{SessionConfig, SessionContext};
use deltalake::DeltaTable;
use deltalake::arrow::array::new_null_array;
use deltalake::arrow::array::{Array, AsArray, RecordBatch, TimestampMicrosecondArray};
use deltalake::arrow::compute::cast;
use deltalake::arrow::datatypes::TimestampMicrosecondType;

use super::known_keys::KnownKeys;
use crate::table::files::Wanted;
pub(crate) use crate::table::files::text;
use crate::table::schema::arrow_schema;
use crate::table::{TableError, files};

/// Rows of tables, to be asked by SQL.
pub(super) type Sources = Vec<(&'static Table, Vec<RecordBatch>)>;

/// A stretch of time, microseconds since 1970, both ends included.
pub(crate) type Span = (i64, i64);

/// When the event of a row happened.
pub(super) fn time(batch: &RecordBatch, row: usize) -> Option<i64> {
    let column: &TimestampMicrosecondArray = batch
        .column_by_name(EVENT_TIME.name)?
        .as_primitive_opt::<TimestampMicrosecondType>()?;
    column.is_valid(row).then(|| column.value(row))
}

/// Columns of a source whose names stand in the statement, and perhaps some more. It takes no others, since it has a
/// star only for what it has made itself; of wide rows the others are most.
pub(super) fn named(sql: &str, source: &Table) -> Vec<&'static str> {
    let names = source.columns.iter().map(|column| column.name);
    names.filter(|name| sql.contains(name)).collect()
}

/// All rows of a stretch of time that are wanted, with some columns or all.
pub(super) async fn load(
    table: &'static Table,
    delta: &DeltaTable,
    span: Span,
    columns: &[&str],
    (wanted, known): (&Wanted, &KnownKeys),
) -> Result<Vec<RecordBatch>, TableError> {
    let mut found = Vec::new();
    for file in files::live(table, delta)? {
        let near = files::overlaps(&file, span);
        if near && known.may_have((table, delta), &file, wanted).await? {
            let what = (&file, columns);
            found.extend(files::read_where(table, delta, what, Some(wanted)).await?);
        }
    }
    Ok(found)
}

/// Answers SQL over rows in memory, as rows of `target`: columns by name, the rest empty.
pub(super) async fn ask(
    sources: Sources,
    sql: &str,
    target: &'static Table,
) -> Result<Vec<RecordBatch>, TableError> {
    answer(sources, sql, target)
        .await
        .map_err(|error| TableError::delta(target.name)(error.into()))
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
