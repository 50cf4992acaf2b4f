//! The rows of one table out of one segment.

use std::collections::BTreeMap;

use ad_events::table::{ATTRS, Column, EVENT_DATE, EVENT_TIME, FilledBy, RECEIVED_AT, Table};
use deltalake::arrow::array::{ArrayRef, RecordBatch};
use serde_json::{Map, Value};

use super::TableError;
use super::cell::{Cell, day_of, fit};
use super::column::ColumnBuilder;
use super::schema::arrow_schema;

/// The store's own values for a row.
#[derive(Debug)]
pub struct StoreCells {
    /// When it happened, microseconds since the epoch; gives the partition too.
    pub event_time_us: i64,
    /// When the record was accepted, microseconds since the epoch.
    pub received_at_us: i64,
    /// Further columns that the store fills, by name.
    pub more: Vec<(&'static str, Cell)>,
}

/// What became of the rows' fields.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct RowCounts {
    /// Rows added.
    pub rows: usize,
    /// Fields kept in `attrs` because the table has no column of the name.
    pub unknown_fields: usize,
    /// Fields kept in `attrs` because the value did not fit the column's type.
    pub misfit_fields: usize,
    /// Rows of an earlier day than that of their receipt.
    pub late: usize,
    /// Names of the unknown fields with their numbers; not more than [`MAX_NAMES`].
    pub unknown_names: BTreeMap<String, u64>,
    /// Why the rows of `quarantine` are there.
    pub reasons: BTreeMap<&'static str, usize>,
}

/// Unknown names that are told apart, so that a sender that invents names costs no memory.
const MAX_NAMES: usize = 50;

impl RowCounts {
    fn unknown(&mut self, names: &Map<String, Value>) {
        self.unknown_fields += names.len();
        for name in names.keys() {
            if let Some(count) = self.unknown_names.get_mut(name) {
                *count += 1;
            } else if self.unknown_names.len() < MAX_NAMES {
                self.unknown_names.insert(name.clone(), 1);
            }
        }
    }
}

/// A table's share of a segment.
#[derive(Debug)]
pub struct TableBatch {
    /// The table.
    pub table: &'static Table,
    /// Its rows.
    pub batch: RecordBatch,
    /// What became of their fields.
    pub counts: RowCounts,
}

/// Rows in the making.
#[derive(Debug)]
pub struct TableRows {
    table: &'static Table,
    columns: Vec<ColumnBuilder>,
    counts: RowCounts,
}

impl TableRows {
    /// No rows yet.
    pub fn new(table: &'static Table) -> Self {
        let columns = table
            .columns
            .iter()
            .map(|column| ColumnBuilder::new(column.kind))
            .collect();
        Self {
            table,
            columns,
            counts: RowCounts::default(),
        }
    }

    /// Whether there is nothing to commit.
    pub fn is_empty(&self) -> bool {
        self.counts.rows == 0
    }

    /// Adds a row: the sender's fields into their columns, what is left of them into `attrs`.
    pub fn push(&mut self, mut fields: Map<String, Value>, store: &StoreCells) {
        let mut rest = Map::new();
        let mut cells: Vec<Cell> = Vec::with_capacity(self.columns.len());
        for column in self.table.columns {
            cells.push(match column.filled_by {
                FilledBy::Sender => from_sender(column, &mut fields, &mut rest),
                FilledBy::Store => from_store(column, store),
            });
        }
        self.counts.rows += 1;
        self.counts.misfit_fields += rest.len();
        self.counts.unknown(&fields);
        let late = day_of(store.event_time_us) < day_of(store.received_at_us);
        self.counts.late += usize::from(late);
        rest.extend(fields);

        let filled = self.table.columns.iter().zip(cells);
        for ((column, cell), builder) in filled.zip(&mut self.columns) {
            builder.push(if column.name == ATTRS.name {
                as_json(&rest)
            } else {
                cell
            });
        }
    }

    /// Counts a row that is there for that reason.
    pub(crate) fn count_reason(&mut self, reason: &'static str) {
        *self.counts.reasons.entry(reason).or_default() += 1;
    }

    /// The rows as one Arrow batch.
    pub fn finish(self) -> Result<TableBatch, TableError> {
        let arrays: Vec<ArrayRef> = self
            .columns
            .into_iter()
            .map(ColumnBuilder::finish)
            .collect();
        let batch = RecordBatch::try_new(arrow_schema(self.table), arrays).map_err(|source| {
            TableError::Batch {
                table: self.table.name,
                source,
            }
        })?;
        Ok(TableBatch {
            table: self.table,
            batch,
            counts: self.counts,
        })
    }
}

/// The field of the column's name, or nothing if it does not fit; then it goes to the rest.
fn from_sender(
    column: &Column,
    fields: &mut Map<String, Value>,
    rest: &mut Map<String, Value>,
) -> Cell {
    let Some(value) = fields.remove(column.name) else {
        return Cell::Null;
    };
    fit(column.kind, value).unwrap_or_else(|misfit| {
        rest.insert(column.name.to_owned(), misfit);
        Cell::Null
    })
}

fn from_store(column: &Column, store: &StoreCells) -> Cell {
    if column.name == EVENT_DATE.name {
        return Cell::Date(day_of(store.event_time_us));
    }
    if column.name == EVENT_TIME.name {
        return Cell::Timestamp(store.event_time_us);
    }
    if column.name == RECEIVED_AT.name {
        return Cell::Timestamp(store.received_at_us);
    }
    let named = store.more.iter().find(|(name, _)| *name == column.name);
    named.map_or(Cell::Null, |(_, cell)| cell.clone())
}

fn as_json(rest: &Map<String, Value>) -> Cell {
    if rest.is_empty() {
        return Cell::Null;
    }
    serde_json::to_string(rest).map_or(Cell::Null, Cell::Text)
}
