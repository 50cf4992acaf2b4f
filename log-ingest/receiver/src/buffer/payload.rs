//! What one message or request leaves in the buffer: its own bytes, with what must be known to read them again.

use bytes::Bytes;
use forward_protocol::Limits;

use super::chunk_window::ChunkKey;

/// One forward protocol message, as on the wire.
const KIND_FORWARD: u8 = 1;
/// One HTTP body of JSON without a fault, inflated.
const KIND_HTTP: u8 = 2;
/// One forward protocol message with something in it that is not an event, and the limits that it was read under.
const KIND_FORWARD_FAULTY: u8 = 3;
/// One HTTP body of any form, inflated, with what else is to be known about it.
const KIND_HTTP_BODY: u8 = 4;
/// One of the above, behind the key by which it is known when it is sent again: key 16 bytes | kind u8 | payload.
const KIND_CHUNK: u8 = 5;
/// As `KIND_FORWARD_FAULTY`, of a sender that may not use the message's tag.
const KIND_FORWARD_DENIED: u8 = 6;
/// Bytes before the payload there.
const CHUNK_HEAD: usize = 16 + 1;

/// Whether a record may be of that kind.
pub(super) fn is_known_kind(kind: u8) -> bool {
    (KIND_FORWARD..=KIND_FORWARD_DENIED).contains(&kind)
}

/// Means "the sender did not say" among times; no real time is anywhere near it.
const NO_TIME: i64 = i64::MIN;

/// Bytes to store. The body is shared with the connection's buffer and not copied until it is written.
#[derive(Debug, Clone)]
pub(crate) struct Payload {
    kind: u8,
    head: Vec<u8>,
    body: Bytes,
    inflated: u64,
}

/// What an event takes in memory besides its bytes, about.
const EVENT_OVERHEAD: u64 = 64;

impl Payload {
    /// A complete, checked forward protocol message.
    pub(crate) fn forward(received_at_us: i64, frame: Bytes) -> Self {
        Self {
            kind: KIND_FORWARD,
            head: received_at_us.to_le_bytes().to_vec(),
            body: frame,
            inflated: 0,
        }
    }

    /// A message with something in it that is not an event. Reading it again must come to the same result, so the limits
    /// go with it.
    pub(crate) fn forward_with_faults(received_at_us: i64, limits: &Limits, frame: Bytes) -> Self {
        let mut head = received_at_us.to_le_bytes().to_vec();
        let sizes = [
            limits.max_frame_bytes,
            limits.max_depth,
            limits.max_inflated_bytes,
        ];
        head.extend(limits.max_items.to_le_bytes());
        head.extend(
            sizes
                .into_iter()
                .flat_map(|size| as_u64(size).to_le_bytes()),
        );
        Self {
            kind: KIND_FORWARD_FAULTY,
            head,
            body: frame,
            inflated: 0,
        }
    }

    /// A message of a sender that may not use its tag.
    pub(crate) fn denied_forward(received_at_us: i64, limits: &Limits, frame: Bytes) -> Self {
        Self {
            kind: KIND_FORWARD_DENIED,
            ..Self::forward_with_faults(received_at_us, limits, frame)
        }
    }

    /// A checked body of any form.
    pub(crate) fn http_body(head: &HttpHead<'_>, body: Bytes) -> Self {
        let mut encoded = head.received_at_us.to_le_bytes().to_vec();
        encoded.extend(head.event_time_us.unwrap_or(NO_TIME).to_le_bytes());
        encoded.push(u8::from(head.msgpack) | u8::from(head.faulty) << 1);
        for text in [head.tag, head.extra.unwrap_or("")] {
            encoded.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
            encoded.extend_from_slice(text.as_bytes());
        }
        Self {
            kind: KIND_HTTP_BODY,
            head: encoded,
            body,
            inflated: 0,
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
            inflated: 0,
        }
    }

    /// The same, with the bytes and events that it comes to when it is read.
    pub(crate) fn inflating_to(mut self, bytes: usize, events: u64) -> Self {
        let events = events.saturating_mul(EVENT_OVERHEAD);
        self.inflated = as_u64(bytes).saturating_add(events);
        self
    }

    /// What it takes in memory when it is landed; a segment is sealed by that too.
    pub(super) fn inflated_bytes(&self) -> u64 {
        self.inflated.max(as_u64(self.body.len()))
    }

    /// The same with the key by which a repetition is known.
    pub(super) fn of_chunk(self, key: ChunkKey) -> Self {
        let mut head = Vec::with_capacity(CHUNK_HEAD + self.head.len());
        head.extend_from_slice(&key.to_le_bytes());
        head.push(self.kind);
        head.extend_from_slice(&self.head);
        Self {
            kind: KIND_CHUNK,
            head,
            body: self.body,
            inflated: self.inflated,
        }
    }

    /// Moves the receive time forward if it is earlier than that; returns the new one.
    pub(super) fn not_before(&mut self, earliest_us: i64) -> i64 {
        let at = match self.kind {
            KIND_CHUNK => CHUNK_HEAD,
            _ => 0,
        };
        let head = self.head.get_mut(at..).unwrap_or_default();
        let Some(time) = head.first_chunk_mut::<8>() else {
            return earliest_us;
        };
        let later = i64::from_le_bytes(*time).max(earliest_us);
        *time = later.to_le_bytes();
        later
    }

    pub(super) fn kind(&self) -> u8 {
        self.kind
    }

    pub(super) fn parts(&self) -> [&[u8]; 2] {
        [&self.head, &self.body]
    }
}

/// What is stored beside an HTTP body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HttpHead<'a> {
    /// When it arrived.
    pub(crate) received_at_us: i64,
    /// The time given for all its events.
    pub(crate) event_time_us: Option<i64>,
    /// Where its events belong.
    pub(crate) tag: &'a str,
    /// A JSON object with fields to add to each event.
    pub(crate) extra: Option<&'a str>,
    /// MessagePack, not JSON.
    pub(crate) msgpack: bool,
    /// Not all of it is events.
    pub(crate) faulty: bool,
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
    /// One forward protocol message with faults in it.
    FaultyForward {
        /// When it arrived.
        received_at_us: i64,
        /// What it was read under.
        limits: Limits,
        /// Its sender may not use its tag, so that nothing in it is an event.
        denied: bool,
        /// The message.
        frame: &'a [u8],
    },
    /// One HTTP body of any form.
    HttpBody {
        /// What is stored beside the body.
        head: HttpHead<'a>,
        /// JSON or MessagePack.
        body: &'a [u8],
    },
    /// One HTTP body of JSON.
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
    pub(crate) fn read(kind: u8, bytes: &'a [u8]) -> Option<Self> {
        match kind {
            KIND_CHUNK => {
                let (kind, bytes) = bytes.get(CHUNK_HEAD - 1..)?.split_first()?;
                Self::read_bare(*kind, bytes)
            }
            _ => Self::read_bare(kind, bytes),
        }
    }

    /// The key by which a repetition of it is known, if it has one.
    pub(crate) fn chunk_key(kind: u8, bytes: &[u8]) -> Option<ChunkKey> {
        let key = bytes.first_chunk::<16>().filter(|_| kind == KIND_CHUNK)?;
        Some(ChunkKey::from_le_bytes(*key))
    }

    /// When it was received.
    pub(crate) fn received_at_us(&self) -> i64 {
        match self {
            Self::Forward { received_at_us, .. }
            | Self::FaultyForward { received_at_us, .. }
            | Self::Http { received_at_us, .. } => *received_at_us,
            Self::HttpBody { head, .. } => head.received_at_us,
        }
    }

    fn read_bare(kind: u8, mut bytes: &'a [u8]) -> Option<Self> {
        let received_at_us = read_i64(&mut bytes)?;
        match kind {
            KIND_FORWARD => Some(Self::Forward {
                received_at_us,
                frame: bytes,
            }),
            KIND_HTTP => {
                let time = read_i64(&mut bytes)?;
                let tag = read_text(&mut bytes)?;
                Some(Self::Http {
                    received_at_us,
                    event_time_us: (time != NO_TIME).then_some(time),
                    tag,
                    body: bytes,
                })
            }
            KIND_FORWARD_FAULTY | KIND_FORWARD_DENIED => {
                let limits = Limits {
                    max_items: read_u64(&mut bytes)?,
                    max_frame_bytes: usize::try_from(read_u64(&mut bytes)?).ok()?,
                    max_depth: usize::try_from(read_u64(&mut bytes)?).ok()?,
                    max_inflated_bytes: usize::try_from(read_u64(&mut bytes)?).ok()?,
                };
                Some(Self::FaultyForward {
                    received_at_us,
                    limits,
                    denied: kind == KIND_FORWARD_DENIED,
                    frame: bytes,
                })
            }
            KIND_HTTP_BODY => {
                let head = HttpHead::read(received_at_us, &mut bytes)?;
                Some(Self::HttpBody { head, body: bytes })
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

fn read_u64(bytes: &mut &[u8]) -> Option<u64> {
    read_i64(bytes).map(i64::cast_unsigned)
}

fn read_text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (text, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}

impl<'a> HttpHead<'a> {
    fn read(received_at_us: i64, bytes: &mut &'a [u8]) -> Option<Self> {
        let time = read_i64(bytes)?;
        let (flags, rest) = bytes.split_first()?;
        *bytes = rest;
        Some(Self {
            received_at_us,
            event_time_us: (time != NO_TIME).then_some(time),
            tag: read_text(bytes)?,
            extra: Some(read_text(bytes)?).filter(|text| !text.is_empty()),
            msgpack: flags & 1 != 0,
            faulty: flags & 2 != 0,
        })
    }
}

fn as_u64(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
