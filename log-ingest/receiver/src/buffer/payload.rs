//! What one message or request leaves in the buffer: its own bytes, with what must be known to read them again.

use bytes::Bytes;

use super::segment_file::RECORD_OVERHEAD;

/// One forward protocol message, as on the wire.
const KIND_FORWARD: u8 = 1;
/// One HTTP body, inflated.
const KIND_HTTP: u8 = 2;

/// Means "the sender did not say" among times; no real time is anywhere near it.
const NO_TIME: i64 = i64::MIN;

/// Bytes to store. The body is shared with the connection's buffer and not copied until it is written.
#[derive(Debug, Clone)]
pub(crate) struct Payload {
    kind: u8,
    head: Vec<u8>,
    body: Bytes,
}

impl Payload {
    /// A complete, checked forward protocol message.
    pub(crate) fn forward(received_at_us: i64, frame: Bytes) -> Self {
        Self {
            kind: KIND_FORWARD,
            head: received_at_us.to_le_bytes().to_vec(),
            body: frame,
        }
    }

    /// A complete, checked body of JSON.
    pub(crate) fn http(
        received_at_us: i64,
        event_time_us: Option<i64>,
        tag: &str,
        body: Bytes,
    ) -> Self {
        let mut head = received_at_us.to_le_bytes().to_vec();
        head.extend_from_slice(&event_time_us.unwrap_or(NO_TIME).to_le_bytes());
        // A path that is longer does not get through the HTTP parser.
        head.extend_from_slice(&u32::try_from(tag.len()).unwrap_or(u32::MAX).to_le_bytes());
        head.extend_from_slice(tag.as_bytes());
        Self {
            kind: KIND_HTTP,
            head,
            body,
        }
    }

    pub(super) fn kind(&self) -> u8 {
        self.kind
    }

    pub(super) fn parts(&self) -> [&[u8]; 2] {
        [&self.head, &self.body]
    }

    /// Bytes in the segment file.
    pub(crate) fn stored_bytes(&self) -> u64 {
        u64::try_from(RECORD_OVERHEAD + self.head.len() + self.body.len()).unwrap_or(u64::MAX)
    }
}

/// A payload read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoredPayload<'a> {
    /// One forward protocol message.
    Forward {
        /// When it arrived.
        received_at_us: i64,
        /// The message.
        frame: &'a [u8],
    },
    /// One HTTP body.
    Http {
        /// When it arrived.
        received_at_us: i64,
        /// The time given for all its events.
        event_time_us: Option<i64>,
        /// Where its events belong.
        tag: &'a str,
        /// JSON.
        body: &'a [u8],
    },
}

impl<'a> StoredPayload<'a> {
    /// `None` = written by a version of this program that knew more kinds, or damaged in a way no checksum shows.
    pub(crate) fn read(kind: u8, mut bytes: &'a [u8]) -> Option<Self> {
        let received_at_us = read_i64(&mut bytes)?;
        match kind {
            KIND_FORWARD => Some(Self::Forward {
                received_at_us,
                frame: bytes,
            }),
            KIND_HTTP => {
                let time = read_i64(&mut bytes)?;
                let (length, rest) = bytes.split_first_chunk::<4>()?;
                let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
                let (tag, body) = rest.split_at_checked(length)?;
                let tag = std::str::from_utf8(tag).ok()?;
                let event_time_us = (time != NO_TIME).then_some(time);
                Some(Self::Http {
                    received_at_us,
                    event_time_us,
                    tag,
                    body,
                })
            }
            _ => None,
        }
    }
}

/// Takes a number off the front.
fn read_i64(bytes: &mut &[u8]) -> Option<i64> {
    let (value, rest) = bytes.split_first_chunk::<8>()?;
    *bytes = rest;
    Some(i64::from_le_bytes(*value))
}
