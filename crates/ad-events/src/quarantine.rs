//! Where a record goes that no other table can hold: table `quarantine`.
//!
//! What log-ingest acknowledged must be somewhere. A record under an unknown tag, one that is not a
//! map, or one with an impossible time is kept here whole, so that a mistake in a sender costs a
//! query and not the data.

use crate::declare::stored_columns;
use crate::table::{Source, Table};

/// Records that no typed table takes.
pub const QUARANTINE: Table = Table {
    name: "quarantine",
    source: Source::Landing,
    doc: "one acknowledged record that no other table can hold; its event_time is the time of receipt",
    time: None,
    sort: &["received_at"],
    keep_days: 30,
    columns: COLUMNS,
};

stored_columns! {
    tag: Text, "the tag under which it came";
    claimed_time: Timestamp, "the sender's time for it, if it gave one";
    reason: Text, "why no table takes it: unknown_tag, unusable_record, impossible_time, or for what is no event at all the fault that receiving found";
    record: Json, "the record as it came, without personal data; for what is no event its error, and its bytes as text or base64";
}
