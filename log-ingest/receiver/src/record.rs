//! One event as a table sink receives it, whichever way it came in.

use serde_json::{Map, Value};

/// An event with the name that decides its table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// Routing name: the forward protocol's tag, or the HTTP path.
    pub tag: String,
    /// When it happened according to the sender, in microseconds since 1970; `None` = the sender did not say.
    pub event_time_us: Option<i64>,
    /// When it arrived here, in microseconds since 1970.
    pub received_at_us: i64,
    /// Its fields, unchecked.
    pub fields: Map<String, Value>,
    /// Set where something was taken that is not an event: what is wrong with it, in one word. Then `fields` holds
    /// `error` with the whole reason, and the bytes as they came: `text`, or `base64` where they are not text.
    pub fault: Option<&'static str>,
}
