//! The events of an HTTP body one by one, and apart from them what is not an event: at receipt for the answer, at landing for the tables.
//!
//! JSON is one array, or values one after another (NDJSON, or with nothing in between). Which one it is shows in the
//! first character; the content type does not help, since a browser's beacon says `text/plain`, or nothing.

mod json;
mod json_check;
mod msgpack;

use forward_protocol::EventTime;

pub(crate) use json::JsonItems;
pub(crate) use json_check::{CheckedArray, CheckedRecord};
pub(crate) use msgpack::MsgPackItems;

/// After this many faults, the rest of a body counts as one more.
const MAX_FAULTS: u64 = 1000;

/// One event, or what is wrong in its place.
pub(crate) type Item<'a> = Result<Event<'a>, Faulty<'a>>;

/// One event of a body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event<'a> {
    /// The time beside it, as Fluent Bit writes it in MessagePack.
    pub(crate) time: Option<EventTime>,
    /// Its fields, JSON or MessagePack.
    pub(crate) record: &'a [u8],
}

/// Something that is not an event, with its bytes.
#[derive(Debug)]
pub(crate) struct Faulty<'a> {
    pub(crate) fault: Fault,
    pub(crate) bytes: &'a [u8],
}

/// Where and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Position among the events of the body, from 0.
    pub(crate) event: u64,
    /// One word for the kind of fault.
    pub(crate) code: &'static str,
    /// The reason in words.
    pub(crate) error: String,
    /// `None` = MessagePack, which has no lines.
    pub(crate) position: Option<TextPosition>,
}

/// Both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextPosition {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

#[cfg(test)]
mod tests;
