//! Fluentd's forward protocol without I/O: log-receiver decodes with it, bid-server and tests encode.
//!
//! The path of incoming bytes:
//!
//! 1. [`FrameScanner`] looks at whatever a connection has delivered so far and says where the first MessagePack
//!    object ends, or that it has not all arrived. It remembers where it stopped, so a large message that comes
//!    in small pieces is walked once, and it enforces [`Limits`] before anybody allocates.
//! 2. [`Frame::decode`] reads one complete object: a heartbeat, or a [`Message`] in one of four [`Mode`]s that
//!    borrows everything from the bytes.
//!    A receiver that must answer for what it gets reads an [`Intake`], which separates what cannot be used from what
//!    must be refused.
//! 3. [`Message::check`] walks every entry; [`Entries::next_or_fault`] goes on behind a bad one.
//! 4. [`Entries`] yields each [`Entry`]; [`read_record`] turns its map into JSON.
//!
//! A connection whose first byte is `[` or `{` speaks JSON: [`JsonScanner`] and [`json_to_msgpack`] take the place of
//! step 1. Where keys are asked for, [`Helo`], [`Ping`] and [`Pong`] come first.
//!
//! The other direction starts at [`PackedEntries`], which collects encoded records, and [`encode`] writes a
//! message in any mode. [`Ack`] is what comes back once the entries are safe.
#![warn(clippy::indexing_slicing)]

mod ack;
pub mod encode;
mod entry;
mod error;
mod event_time;
mod handshake;
mod inflate;
mod intake;
mod json;
mod json_repair;
mod json_stream;
mod limits;
mod message;
mod option;
mod packed;
mod reader;
mod row;
mod scan;
mod shape;
mod write;

pub use ack::{Ack, DecodedAck};
pub use entry::{Entries, Entry, EntryOrFault, FaultyEntry};
pub use error::DecodeError;
pub use event_time::EventTime;
pub use handshake::{Helo, HeloParts, Ping, Pong, PongParts, handshake_digest};
pub use intake::{BrokenMessage, Intake};
pub use json::{
    CountedRecord, read_json, read_record, read_record_counting, write_json, write_record,
};
pub use json_repair::{RepairedJson, repair_json};
pub use json_stream::{JsonScanner, json_to_msgpack};
pub use limits::Limits;
pub use message::{Frame, Message, Mode};
pub use option::MessageOption;
pub use packed::PackedEntries;
pub use reader::{Reader, Token};
pub use row::RowError;
pub use scan::{FrameScanner, Scan};
