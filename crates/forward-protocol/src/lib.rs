//! Fluentd's forward protocol without I/O: log-receiver decodes with it, bid-server and tests encode.
//!
//! The path of incoming bytes:
//!
//! 1. [`FrameScanner`] looks at whatever a connection has delivered so far and says where the first MessagePack
//!    object ends, or that it has not all arrived. It remembers where it stopped, so a large message that comes
//!    in small pieces is walked once, and it enforces [`Limits`] before anybody allocates.
//! 2. [`Frame::decode`] reads one complete object: a heartbeat, or a [`Message`] in one of four [`Mode`]s that
//!    borrows everything from the bytes.
//! 3. [`Message::check`] walks every entry, so that a message is taken as a whole or refused as a whole.
//! 4. [`Entries`] yields each [`Entry`]; [`read_record`] turns its map into JSON.
//!
//! The other direction starts at [`PackedEntries`], which collects encoded records, and [`encode`] writes a
//! message in any mode. [`Ack`] is what comes back once the entries are safe.
#![warn(clippy::indexing_slicing)]

mod ack;
pub mod encode;
mod entry;
mod error;
mod event_time;
mod inflate;
mod json;
mod limits;
mod message;
mod option;
mod packed;
mod reader;
mod scan;
mod shape;
mod write;

pub use ack::{Ack, DecodedAck};
pub use entry::{Entries, Entry};
pub use error::DecodeError;
pub use event_time::EventTime;
pub use json::{read_record, write_json, write_record};
pub use limits::Limits;
pub use message::{Frame, Message, Mode};
pub use option::MessageOption;
pub use packed::PackedEntries;
pub use reader::{Reader, Token};
pub use scan::{FrameScanner, Scan};
