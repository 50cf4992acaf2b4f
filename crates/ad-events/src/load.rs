//! What came in, counted: table `table_loads`.

use crate::declare::stored_columns;
use crate::table::{Source, Table};

/// One row per segment of the buffer and table that it had records for, and one for what could not be derived.
pub const TABLE_LOADS: Table = Table {
    name: "table_loads",
    source: Source::Landing,
    doc: "the records of one buffer segment for one table, counted by what became of them; records = stored + duplicates. Or, with set_aside, what could not be derived or read",
    time: None,
    sort: &["table_name", "event_time"],
    keep_days: 90,
    columns: COLUMNS,
};

stored_columns! {
    buffer_id: Text, "the buffer that took the records: one log-ingest process";
    segment: Int, "number of the segment in that buffer";
    table_name: Text, "the table";
    records: Int, "records for that table in the segment";
    stored: Int, "rows that the segment added";
    duplicates: Int, "records left out because their event_id, or the whole segment, was there already";
    late: Int, "rows with an event_date before the day of receipt";
    null_casts: Int, "values that did not fit the type or the range of their column: NULL there, kept in attrs";
    unknown_fields: Int, "values for which there is no column, kept in attrs";
    unknown_columns: Json, "names of those fields and how often each came; at most 50 names";
    set_aside: Int, "page views, or hours of a roll-up, that table_name lacks because they cannot be derived, or files of it that cannot be read; empty for segments";
    set_aside_keys: Json, "their ids, the starts of the hours, or the paths of the files; at most 50";
    set_aside_reason: Text, "why the first of them cannot be derived or read";
}
