//! The rows of one table out of one segment.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

use ad_events::table::{ATTRS, Column, EVENT_DATE, EVENT_TIME, FilledBy, RECEIVED_AT, Table};
use deltalake::arrow::array::{ArrayRef, RecordBatch};
use serde_json::{Map, Value};

use super::TableError;
use super::cell::{Cell, day_of, fit_within};
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
    /// Fields kept in `attrs` because the table has no column of that name.
    pub unknown_fields: usize,
    /// Fields kept in `attrs` because the value did not fit the column's type or range.
    pub misfit_fields: usize,
    /// Rows of an earlier day than that of their receipt.
    pub late: usize,
    /// Names of the unknown fields with their numbers; not more than [`MAX_NAMES`].
    pub unknown_names: BTreeMap<String, u64>,
    /// Why the rows of `quarantine` are there.
    pub reasons: BTreeMap<&'static str, usize>,
}

/// Unknown names that are counted one by one, so that a sender that invents names costs no memory.
const MAX_NAMES: usize = 50;

impl RowCounts {
    fn unknown(&mut self, name: &str) {
        self.unknown_fields += 1;
        if let Some(count) = self.unknown_names.get_mut(name) {
            *count += 1;
        } else if self.unknown_names.len() < MAX_NAMES {
            self.unknown_names.insert(name.to_owned(), 1);
        }
    }
}

/// Rows in one piece, including those that are read from a file or put together for one. Further steps copy one
/// piece at a time, and what a column reserves in vain is a piece's worth, not a segment's.
pub(crate) const PIECE_ROWS: usize = 8192;

/// Text of a row's columns in one piece, bytes, after which the piece ends. A column of texts has room for 2 GiB, and what
/// comes compressed can be far larger than the segment that it comes in.
const PIECE_TEXT: usize = 256 << 20;

/// A table's share of a segment.
#[derive(Debug)]
pub struct TableBatch {
    /// The table.
    pub table: &'static Table,
    /// Its rows in their order; no piece is empty.
    pub pieces: Vec<RecordBatch>,
    /// What became of their fields.
    pub counts: RowCounts,
}

/// Rows in the making.
#[derive(Debug)]
pub struct TableRows {
    table: &'static Table,
    columns: Vec<ColumnBuilder>,
    /// Rows in `columns`.
    gathered: usize,
    /// Bytes of their texts.
    text: usize,
    full: Vec<Vec<ArrayRef>>,
    lookup: ColumnLookup,
    /// The row that is being made, by column; all empty between rows.
    row: Vec<Cell>,
    counts: RowCounts,
}

impl TableRows {
    /// No rows yet.
    pub fn new(table: &'static Table) -> Self {
        let columns = table.columns.iter();
        Self {
            table,
            columns: columns
                .map(|column| ColumnBuilder::new(column.kind))
                .collect(),
            gathered: 0,
            text: 0,
            full: Vec::new(),
            lookup: ColumnLookup::of(table),
            row: vec![Cell::Null; table.columns.len()],
            counts: RowCounts::default(),
        }
    }

    /// Whether there is nothing to commit.
    pub fn is_empty(&self) -> bool {
        self.counts.rows == 0
    }

    /// Adds a row: the sender's fields into their columns, what is left of them into `attrs`.
    pub fn push(&mut self, fields: Map<String, Value>, store: &StoreCells) {
        let mut rest = Map::new();
        for (position, (name, value)) in fields.into_iter().enumerate() {
            let Some((at, column, range)) = self.lookup.column(position, &name) else {
                self.counts.unknown(&name);
                rest.insert(name, value);
                continue;
            };
            match fit_within(column.kind, range, value) {
                Ok(cell) => {
                    if let Some(room) = self.row.get_mut(at) {
                        *room = cell;
                    }
                }
                Err(misfit) => {
                    self.counts.misfit_fields += 1;
                    rest.insert(name, misfit);
                }
            }
        }
        self.counts.rows += 1;
        let late = day_of(store.event_time_us) < day_of(store.received_at_us);
        self.counts.late += usize::from(late);

        let cells = self.row.iter_mut().map(std::mem::take);
        let filled = self.table.columns.iter().zip(cells);
        for ((column, cell), builder) in filled.zip(&mut self.columns) {
            let cell = match column.filled_by {
                FilledBy::Sender => cell,
                FilledBy::Store if column.name == ATTRS.name => as_json(&rest),
                FilledBy::Store => from_store(column, store),
            };
            if let Cell::Text(text) = &cell {
                self.text += text.len();
            }
            builder.push(cell);
        }
        self.gathered += 1;
        if self.gathered == PIECE_ROWS || self.text >= PIECE_TEXT {
            self.end_piece();
        }
    }

    fn end_piece(&mut self) {
        let columns = self.columns.iter_mut().map(ColumnBuilder::finish);
        self.full.push(columns.collect());
        self.gathered = 0;
        self.text = 0;
    }

    /// Counts a row that is there for that reason.
    pub(crate) fn count_reason(&mut self, reason: &'static str) {
        *self.counts.reasons.entry(reason).or_default() += 1;
    }

    /// The rows as Arrow batches.
    pub fn finish(mut self) -> Result<TableBatch, TableError> {
        if self.gathered > 0 {
            self.end_piece();
        }
        let (table, schema) = (self.table, arrow_schema(self.table));
        let pieces = self.full.into_iter().map(|columns| {
            RecordBatch::try_new(schema.clone(), columns).map_err(|source| TableError::Batch {
                table: table.name,
                source,
            })
        });
        Ok(TableBatch {
            table,
            pieces: pieces.collect::<Result<_, _>>()?,
            counts: self.counts,
        })
    }
}

/// Number of a column, the column, and the numbers that it takes.
type Found<'a> = (usize, &'static Column, Option<&'a RangeInclusive<f64>>);

/// Which column a sender's field goes to.
///
/// Most rows of a segment have the same fields in the same order, so that where a field went in the row before is tried
/// first.
#[derive(Debug)]
struct ColumnLookup {
    columns: &'static [Column],
    /// Of each column, the numbers that it takes.
    ranges: Vec<Option<RangeInclusive<f64>>>,
    by_name: HashMap<&'static str, usize>,
    /// Column of each field of the last row, by the field's place in it; as many as there are columns.
    last: Vec<usize>,
}

impl ColumnLookup {
    fn of(table: &'static Table) -> Self {
        let columns = table.columns.iter().enumerate();
        let of_senders = columns.filter(|(_, column)| column.filled_by == FilledBy::Sender);
        Self {
            columns: table.columns,
            ranges: table.columns.iter().map(Column::range).collect(),
            by_name: of_senders.map(|(at, column)| (column.name, at)).collect(),
            last: vec![0; table.columns.len()],
        }
    }

    fn column(&mut self, position: usize, name: &str) -> Option<Found<'_>> {
        let tried = self.last.get(position).copied().unwrap_or_default();
        let column = self.columns.get(tried)?;
        if column.name == name && column.filled_by == FilledBy::Sender {
            return Some((tried, column, self.ranges.get(tried)?.as_ref()));
        }
        let at = *self.by_name.get(name)?;
        if let Some(last) = self.last.get_mut(position) {
            *last = at;
        }
        Some((at, self.columns.get(at)?, self.ranges.get(at)?.as_ref()))
    }
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
