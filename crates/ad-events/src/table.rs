//! The description of a table: what log-ingest builds its schema, its checks and docs/tables.md from.

use std::ops::RangeInclusive;

/// The type of a column, as an analyst sees it in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Calendar day, UTC.
    Date,
    /// Instant, UTC, microseconds. On the wire: whole milliseconds since the Unix epoch.
    Timestamp,
    /// UTF-8 text.
    Text,
    /// Double-precision number.
    Float,
    /// 64-bit signed whole number.
    Int,
    /// True or false.
    Bool,
    /// A JSON document as text.
    Json,
}

/// Who puts the value into a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilledBy {
    /// The record's sender, in a field of the column's name.
    Sender,
    /// log-ingest, when it stores the record or derives the row.
    Store,
}

/// Where the rows of a table come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Records under this log tag.
    Tag(&'static str),
    /// log-ingest itself, while it lands records.
    Landing,
    /// Other tables; log-ingest computes the rows again whenever their sources change.
    Derived,
}

/// One column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name in SQL and in the record.
    pub name: &'static str,
    /// Type in SQL.
    pub kind: ColumnType,
    /// Whether the sender or the store fills it.
    pub filled_by: FilledBy,
    /// What the value means, with its unit.
    pub doc: &'static str,
}

impl Column {
    /// Smallest and largest number that a sender may give; `None` where the column holds no numbers.
    ///
    /// A number beyond them cannot mean what the column says, and what is computed from it (a sum, the start of
    /// a page view) would be nonsense or too large for its type. The unit is in the name.
    pub fn range(&self) -> Option<RangeInclusive<f64>> {
        match self.kind {
            ColumnType::Float if self.name.ends_with("_ms") || self.name == "value" => {
                Some(-MILLIS_OF_A_DAY..=31.0 * MILLIS_OF_A_DAY)
            }
            ColumnType::Float => Some(-1e9..=1e9),
            ColumnType::Int if self.name == "seq" => Some(0.0..=1e6),
            ColumnType::Int => Some(0.0..=f64::from(u32::MAX)),
            ColumnType::Date
            | ColumnType::Timestamp
            | ColumnType::Text
            | ColumnType::Bool
            | ColumnType::Json => None,
        }
    }
}

const MILLIS_OF_A_DAY: f64 = 86_400_000.0;

/// Longest text that a column takes, bytes. Ids, names and paths are far shorter; derived tables and roll-ups
/// repeat them in many rows.
pub const LONGEST_TEXT: usize = 16 << 10;

/// One table of the lake.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Name in SQL.
    pub name: &'static str,
    /// Where its rows come from.
    pub source: Source,
    /// What one row is.
    pub doc: &'static str,
    /// The sender's column that says when it happened; without one, or where it is empty, the time
    /// that came with the record counts, and after that the time of receipt.
    pub time: Option<&'static str>,
    /// Columns by which the rows of a file are sorted when small files become one.
    pub sort: &'static [&'static str],
    /// Days for which rows are kept unless the configuration says otherwise.
    pub keep_days: u32,
    /// The columns in order; the first three are always [`EVENT_DATE`], [`EVENT_TIME`] and
    /// [`RECEIVED_AT`].
    pub columns: &'static [Column],
}

impl Table {
    /// The column of that name, if the table has it.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The log tag whose records it takes, if any.
    pub const fn tag(&self) -> Option<&'static str> {
        match self.source {
            Source::Tag(tag) => Some(tag),
            Source::Landing | Source::Derived => None,
        }
    }
}

/// Partition column of every table.
pub const EVENT_DATE: Column = stored(
    "event_date",
    ColumnType::Date,
    "day of event_time, UTC; the partition, so a filter on it prunes whole days",
);

/// When it happened.
pub const EVENT_TIME: Column = stored(
    "event_time",
    ColumnType::Timestamp,
    "when it happened; a browser's clock is corrected by what sent_at shows it to be off",
);

/// When log-ingest accepted the record.
pub const RECEIVED_AT: Column = stored(
    "received_at",
    ColumnType::Timestamp,
    "when log-ingest accepted the record, server clock",
);

/// What the sender said beyond the table's columns.
pub const ATTRS: Column = stored(
    "attrs",
    ColumnType::Json,
    "fields of the record that have no column or did not fit their column's type, as a JSON object",
);

/// Name of the column by which a record that arrives twice is known; a table that has it stores
/// each id once.
pub const EVENT_ID: &str = "event_id";

/// Name of the column that says when a batch left the sender, by the sender's clock.
pub const SENT_AT: &str = "sent_at";

/// A column that the sender fills.
pub(crate) const fn sent(name: &'static str, kind: ColumnType, doc: &'static str) -> Column {
    Column {
        name,
        kind,
        filled_by: FilledBy::Sender,
        doc,
    }
}

/// A column that log-ingest fills.
pub(crate) const fn stored(name: &'static str, kind: ColumnType, doc: &'static str) -> Column {
    Column {
        name,
        kind,
        filled_by: FilledBy::Store,
        doc,
    }
}
