//! The data files of a table: which there are, what their statistics say, and their rows.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use ad_events::table::{EVENT_DATE, EVENT_TIME, Table};
use chrono::{DateTime, NaiveDate, Utc};
use deltalake::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, RecordBatch, StringArray, new_null_array,
};
use deltalake::arrow::datatypes::{Schema, SchemaRef};
use deltalake::kernel::{Add, Remove};
use deltalake::parquet::arrow::ProjectionMask;
use deltalake::parquet::arrow::arrow_reader::{ArrowPredicateFn, RowFilter};
use deltalake::parquet::arrow::async_reader::{
    ParquetRecordBatchStream, ParquetRecordBatchStreamBuilder,
};
use deltalake::parquet::errors::ParquetError;
use deltalake::parquet::schema::types::SchemaDescriptor;
use deltalake::{DeltaTable, DeltaTableError, Path};
use futures_util::stream::BoxStream;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use super::TableError;
use super::bad_files::FileInQuestion;
use super::rows::PIECE_ROWS;
use super::schema::arrow_schema;

/// The files of that version of the table.
#[expect(
    deprecated,
    reason = "one file at a time is what is wanted; the successor gives columns of all files"
)]
pub(crate) fn live(table: &Table, delta: &DeltaTable) -> Result<Vec<Add>, TableError> {
    let snapshot = delta.snapshot().map_err(TableError::delta(table.name))?;
    let files = snapshot.log_data();
    Ok(files.iter().map(|file| file.add_action()).collect())
}

/// Rows of a file by its statistics.
pub(crate) fn rows_of(file: &Add) -> u64 {
    let count = statistics(file).and_then(|stats| stats.get("numRecords")?.as_u64());
    count.unwrap_or_default()
}

/// The day whose partition the file is in.
pub(crate) fn day_of(file: &Add) -> Option<NaiveDate> {
    let day = file.partition_values.get(EVENT_DATE.name)?.as_ref()?;
    day.parse().ok()
}

/// First and last `event_time` in a file, microseconds since 1970; statistics are cut to whole
/// milliseconds, so the last one is taken to its millisecond's end.
pub(crate) fn span_of(file: &Add) -> Option<(i64, i64)> {
    let stats = statistics(file)?;
    let bound = |which: &str| {
        let text = stats.get(which)?.get(EVENT_TIME.name)?.as_str()?;
        let time = DateTime::parse_from_rfc3339(text).ok()?;
        Some(time.timestamp_micros())
    };
    Some((bound("minValues")?, bound("maxValues")? + 999))
}

/// Whether the file may hold a row of that stretch of time. One without statistics may.
pub(crate) fn overlaps(file: &Add, (from, to): (i64, i64)) -> bool {
    span_of(file).is_none_or(|(first, last)| first <= to && last >= from)
}

fn statistics(file: &Add) -> Option<Value> {
    serde_json::from_str(file.stats.as_deref()?).ok()
}

/// The action that takes a file out of the table.
pub(crate) fn removal(file: &Add, data_change: bool) -> Remove {
    Remove {
        path: file.path.clone(),
        data_change,
        deletion_timestamp: Some(Utc::now().timestamp_millis()),
        extended_file_metadata: Some(true),
        partition_values: Some(file.partition_values.clone()),
        size: Some(file.size),
        tags: None,
        deletion_vector: None,
        base_row_id: None,
        default_row_commit_version: None,
    }
}

/// The text in a row of a column, if the column is there and has one.
pub(crate) fn text<'a>(batch: &'a RecordBatch, column: &str, row: usize) -> Option<&'a str> {
    let column: &StringArray = batch.column_by_name(column)?.as_string_opt()?;
    column.is_valid(row).then(|| column.value(row))
}

/// A column, and the texts in it that are wanted.
type Keys<'a> = (&'static str, &'a HashSet<String>);

/// Decides on one row of a batch.
type RowTest = dyn Fn(&RecordBatch, usize) -> bool + Send + Sync;

/// Which rows are wanted. A few columns decide, so the others are read only for those rows.
#[derive(Clone)]
pub(crate) struct RowSelection {
    columns: &'static [&'static str],
    keys: Option<Arc<HashSet<String>>>,
    test: Arc<RowTest>,
}

impl RowSelection {
    /// Rows for which the test holds; it sees only those columns.
    pub(crate) fn by(
        columns: &'static [&'static str],
        test: impl Fn(&RecordBatch, usize) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            columns,
            keys: None,
            test: Arc::new(test),
        }
    }

    /// Rows whose text in that column is one of the keys.
    pub(crate) fn with_key(column: &'static [&'static str; 1], keys: HashSet<String>) -> Self {
        let keys = Arc::new(keys);
        let wanted = Arc::clone(&keys);
        let test = move |batch: &RecordBatch, row: usize| {
            text(batch, column[0], row).is_some_and(|key| wanted.contains(key))
        };
        Self {
            keys: Some(keys),
            ..Self::by(column, test)
        }
    }

    /// The column and the keys, if it selects by keys.
    pub(crate) fn keys(&self) -> Option<Keys<'_>> {
        Some((self.columns.first()?, self.keys.as_deref()?))
    }

    /// The columns that decide.
    pub(crate) fn columns(&self) -> &'static [&'static str] {
        self.columns
    }

    /// Of each row, whether it is wanted.
    pub(crate) fn mask(&self, batch: &RecordBatch) -> BooleanArray {
        let rows = 0..batch.num_rows();
        rows.map(|row| Some((self.test)(batch, row))).collect()
    }

    fn row_filter(&self, file: &SchemaDescriptor) -> RowFilter {
        let columns = ProjectionMask::columns(file, self.columns.iter().copied());
        let wanted = self.clone();
        let predicate = ArrowPredicateFn::new(columns, move |batch| Ok(wanted.mask(&batch)));
        RowFilter::new(vec![Box::new(predicate)])
    }
}

impl std::fmt::Debug for RowSelection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("RowSelection");
        shown
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

/// Some columns of the wanted rows of a file, or all columns where none are named, in the table's order and types. A
/// column that the file lacks because it is older is NULL in all rows.
pub(crate) async fn read_where(
    table: &Table,
    delta: &DeltaTable,
    what: (&Add, &[&str]),
    wanted: Option<&RowSelection>,
) -> Result<Vec<RecordBatch>, TableError> {
    let pieces = pieces(table, delta, what, wanted).await?;
    pieces.try_collect().await
}

/// Rows of a file as they are read.
pub(crate) type Pieces = BoxStream<'static, Result<RecordBatch, TableError>>;

/// The same piece by piece, so that a large file is not in memory as a whole.
///
/// # Errors
/// [`TableError::BadFile`] where the file is missing or not what was written, here or in the stream.
pub(crate) async fn pieces(
    table: &Table,
    delta: &DeltaTable,
    (file, columns): (&Add, &[&str]),
    wanted: Option<&RowSelection>,
) -> Result<Pieces, TableError> {
    let schema = projected(table, columns);
    let source = FileInQuestion {
        table: table.name,
        store: delta.log_store().object_store(None),
        path: file.path.clone(),
        size: u64::try_from(file.size).unwrap_or_default(),
    };
    // The decoder panics over some bytes.
    let opened = AssertUnwindSafe(open(&source, &schema, wanted)).catch_unwind();
    let rows = match opened.await {
        Ok(Ok(rows)) => rows,
        Ok(Err(error)) => return Err(source.judge(error).await),
        Err(panic) => return Err(source.panicked(&*panic)),
    };
    let day = day_of(file).map_or(0, |day| {
        let since = day.signed_duration_since(NaiveDate::default()).num_days();
        i32::try_from(since).unwrap_or_default()
    });
    let completed = move |piece: RecordBatch| {
        let piece = completed(&piece, &schema, day);
        piece.map_err(|error| ParquetError::General(error.to_string()))
    };
    let pieces = AssertUnwindSafe(rows).catch_unwind().then(move |piece| {
        let piece = piece.map(|piece| piece.and_then(&completed));
        let source = source.clone();
        async move {
            match piece {
                Ok(Ok(piece)) => Ok(piece),
                Ok(Err(error)) => Err(source.judge(error).await),
                Err(panic) => Err(source.panicked(&*panic)),
            }
        }
    });
    Ok(pieces.boxed())
}

#[expect(
    deprecated,
    reason = "reads ranges of a stored file; what the note names instead is an interface to implement"
)]
async fn open(
    file: &FileInQuestion,
    schema: &SchemaRef,
    wanted: Option<&RowSelection>,
) -> Result<
    ParquetRecordBatchStream<deltalake::parquet::arrow::async_reader::ParquetObjectReader>,
    ParquetError,
> {
    let reader = deltalake::parquet::arrow::async_reader::ParquetObjectReader::new(
        file.store.clone(),
        Path::from(file.path.as_str()),
    )
    .with_file_size(file.size);
    let builder = ParquetRecordBatchStreamBuilder::new(reader).await?;
    let names = schema.fields().iter().map(|field| field.name().as_str());
    let mask = ProjectionMask::columns(builder.parquet_schema(), names);
    let builder = match wanted {
        Some(wanted) => {
            let filter = wanted.row_filter(builder.parquet_schema());
            builder.with_row_filter(filter)
        }
        None => builder,
    };
    builder
        .with_projection(mask)
        .with_batch_size(PIECE_ROWS)
        .build()
}

fn projected(table: &Table, columns: &[&str]) -> SchemaRef {
    let all = arrow_schema(table);
    if columns.is_empty() {
        return all;
    }
    let wanted = all
        .fields()
        .iter()
        .filter(|field| columns.contains(&field.name().as_str()));
    Arc::new(Schema::new(wanted.cloned().collect::<Vec<_>>()))
}

/// Puts the partition's day and the columns that are missing into their places.
fn completed(
    batch: &RecordBatch,
    schema: &SchemaRef,
    day: i32,
) -> Result<RecordBatch, DeltaTableError> {
    let rows = batch.num_rows();
    let columns = schema
        .fields()
        .iter()
        .map(|field| -> Result<ArrayRef, DeltaTableError> {
            if field.name() == EVENT_DATE.name {
                return Ok(Arc::new(Date32Array::from(vec![day; rows])));
            }
            match batch.column_by_name(field.name()) {
                Some(column) => Ok(deltalake::arrow::compute::cast(column, field.data_type())?),
                None => Ok(new_null_array(field.data_type(), rows)),
            }
        });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    Ok(RecordBatch::try_new(schema.clone(), columns)?)
}
