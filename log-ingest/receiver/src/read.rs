//! From a segment file's bytes to its events, one after the other; nothing holds all of them at once.
//!
//! Tables and outputs read the same events: tables turn each into a [`crate::Record`], outputs into what they send.

mod event;
mod segment;

#[cfg(test)]
pub(crate) use event::Posted;
pub(crate) use event::{Event, EventBody, Unreadable};
pub(crate) use segment::{DENIED_TAG, Survey, read_segment};
