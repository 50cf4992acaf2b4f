//! Where a record goes that no other table can hold: table `quarantine`.
//!
//! What log-ingest acknowledged must be somewhere. A record under an unknown tag, or one that is
//! no map, is kept here whole, so that a mistake in a sender costs a query and not the data.

use crate::table::{ColumnType, EVENT_DATE, RECEIVED_AT, Table, stored};

/// Records that no typed table takes.
pub const QUARANTINE: Table = Table {
    name: "quarantine",
    tag: None,
    doc: "one acknowledged record that no other table can hold",
    columns: &[
        EVENT_DATE,
        RECEIVED_AT,
        stored("tag", ColumnType::Text, "the tag under which it came"),
        stored(
            "event_time",
            ColumnType::Timestamp,
            "the sender's time for it, if it gave one",
        ),
        stored(
            "reason",
            ColumnType::Text,
            "why no table takes it: unknown_tag, unusable_record, or for what is no event at all the fault that receiving found",
        ),
        stored(
            "record",
            ColumnType::Json,
            "the record as it came; for what is no event its error, and its bytes as text or base64",
        ),
    ],
};
