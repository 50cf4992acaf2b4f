//! The description of a table: what log-ingest builds its schema from and docs/tables.md is checked against.

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
    /// log-ingest, when it stores the record.
    Store,
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

/// One table of the lake.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Name in SQL.
    pub name: &'static str,
    /// Log tag whose records it takes; `None` where no sender writes to it directly.
    pub tag: Option<&'static str>,
    /// What one row is.
    pub doc: &'static str,
    /// The columns in order; the first two are always [`EVENT_DATE`] and [`RECEIVED_AT`].
    pub columns: &'static [Column],
}

impl Table {
    /// The column of that name, if the table has it.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Partition column of every table.
pub const EVENT_DATE: Column = stored(
    "event_date",
    ColumnType::Date,
    "day of received_at, UTC; the partition, so a filter on it prunes whole days",
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
