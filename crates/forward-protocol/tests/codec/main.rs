//! The codec from outside: round trips, the behaviour table of docs/forward-protocol.md, and hostile bytes.
#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "helpers of tests may fail loudly, and random numbers may be cut"
)]

mod behaviour;
mod hostile;
mod random;
mod round_trip;

use forward_protocol::{DecodeError, Frame, FrameScanner, Limits, Message, Scan, read_record};
use serde_json::Value;

/// Microseconds and record.
pub(crate) type Event = (Option<i64>, Value);

/// What a receiver would keep of one message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) tag: String,
    pub(crate) chunk: Option<Vec<u8>>,
    pub(crate) events: Vec<Event>,
}

/// Decodes the first message of `bytes` as a receiver does. `Ok(None)` = a heartbeat.
pub(crate) fn keep(bytes: &[u8], limits: &Limits) -> Result<Option<Kept>, DecodeError> {
    let Scan::Complete(length) = FrameScanner::new().scan(bytes, limits)? else {
        return Err(DecodeError::Truncated);
    };
    let frame = bytes.get(..length).unwrap();
    match Frame::decode(frame, limits)? {
        Frame::Heartbeat => Ok(None),
        Frame::Message(message) => contents(&message).map(Some),
    }
}

fn contents(message: &Message<'_>) -> Result<Kept, DecodeError> {
    let count = message.check()?;
    let mut events = Vec::new();
    for entry in message.entries() {
        let entry = entry?;
        let time = entry.time.and_then(|time| time.micros());
        events.push((time, Value::Object(read_record(entry.record)?)));
    }
    assert_eq!(events.len(), count);
    Ok(Kept {
        tag: message.tag.to_owned(),
        chunk: message.option.chunk.map(<[u8]>::to_vec),
        events,
    })
}
