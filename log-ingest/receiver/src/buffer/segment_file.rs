//! The format of a segment file.
//!
//! ```text
//! header  magic "EBLOGSEG" | version u32 | buffer id 16 bytes | seq u64 | created µs i64 | crc32 of these u32
//! record  payload length u32 | crc32 of length, kind and payload u32 | kind u8 | payload       … any number
//! ```
//!
//! All numbers are little-endian. The checksum covers the length too, so that a run of zeros is not a record.

use crc32fast::Hasher;
use uuid::Uuid;

use super::payload::{Payload, is_known_kind};

const MAGIC: &[u8; 8] = b"EBLOGSEG";
const VERSION: u32 = 1;
/// Bytes of a header.
pub(crate) const HEADER_BYTES: usize = 8 + 4 + 16 + 8 + 8 + 4;
/// Bytes of a record besides its payload.
pub(crate) const RECORD_OVERHEAD: usize = 4 + 4 + 1;
/// End of a segment file's name.
const SUFFIX: &str = ".segment";

/// A header and the records behind it.
pub(crate) type WithRecords<'a> = (Header, &'a [u8]);

/// Which segment a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// The buffer it belongs to.
    pub(crate) buffer_id: Uuid,
    /// Its number there.
    pub(crate) seq: u64,
    /// When it was begun.
    pub(crate) created_at_us: i64,
}

impl Payload {
    /// Bytes in the segment file.
    pub(crate) fn stored_bytes(&self) -> u64 {
        let bytes: usize = self.parts().iter().map(|part| part.len()).sum();
        u64::try_from(RECORD_OVERHEAD + bytes).unwrap_or(u64::MAX)
    }
}

impl Header {
    /// File names sort in the order of the numbers.
    pub(crate) fn file_name(seq: u64) -> String {
        format!("{seq:020}{SUFFIX}")
    }

    /// The number in a file name, if it is one of a segment.
    pub(crate) fn seq_of(name: &str) -> Option<u64> {
        name.strip_suffix(SUFFIX)?.parse().ok()
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(self.buffer_id.as_bytes());
        out.extend_from_slice(&self.seq.to_le_bytes());
        out.extend_from_slice(&self.created_at_us.to_le_bytes());
        let checksum = crc32fast::hash(&out);
        out.extend_from_slice(&checksum.to_le_bytes());
        out
    }

    /// `None` = torn, damaged or not a segment. Returns what follows the header too.
    pub(crate) fn decode(bytes: &[u8]) -> Option<WithRecords<'_>> {
        let (header, records) = bytes.split_at_checked(HEADER_BYTES)?;
        let (fields, checksum) = header.split_last_chunk::<4>()?;
        if crc32fast::hash(fields) != u32::from_le_bytes(*checksum) {
            return None;
        }
        let (magic, rest) = fields.split_first_chunk::<8>()?;
        let (version, rest) = rest.split_first_chunk::<4>()?;
        let (buffer_id, rest) = rest.split_first_chunk::<16>()?;
        let (seq, rest) = rest.split_first_chunk::<8>()?;
        let created = rest.first_chunk::<8>()?;
        if magic != MAGIC || u32::from_le_bytes(*version) != VERSION {
            return None;
        }
        let header = Self {
            buffer_id: Uuid::from_bytes(*buffer_id),
            seq: u64::from_le_bytes(*seq),
            created_at_us: i64::from_le_bytes(*created),
        };
        Some((header, records))
    }
}

/// Appends one record.
pub(crate) fn encode_record(out: &mut Vec<u8>, payload: &Payload) {
    encode_raw_record(out, payload.kind(), payload.parts());
}

/// Appends one record of any kind.
pub(crate) fn encode_raw_record(out: &mut Vec<u8>, kind: u8, [head, body]: [&[u8]; 2]) {
    // Payloads are capped far below 4 GiB by the limits on messages and bodies.
    let length = u32::try_from(head.len() + body.len())
        .unwrap_or(u32::MAX)
        .to_le_bytes();
    let checksum = checksum(length, kind, &[head, body]);
    out.extend_from_slice(&length);
    out.extend_from_slice(&checksum.to_le_bytes());
    out.push(kind);
    out.extend_from_slice(head);
    out.extend_from_slice(body);
}

fn checksum(length: [u8; 4], kind: u8, parts: &[&[u8]]) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(&length);
    hasher.update(&[kind]);
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize()
}

/// One thing found in a segment file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// A whole record.
    Record {
        /// What it holds; see `StoredPayload`.
        kind: u8,
        /// Its bytes.
        payload: &'a [u8],
    },
    /// Damage, known to be some because a whole record follows it.
    Damaged {
        /// Bytes up to that record.
        bytes: usize,
    },
}

/// Walks the records behind a header. What is left at the end and is not a record was torn off by a crash.
#[derive(Debug, Clone)]
pub(crate) struct Walk<'a> {
    rest: &'a [u8],
}

type Split<'a> = (&'a [u8], &'a [u8]);
type Valid<'a> = (u8, &'a [u8]);

impl<'a> Walk<'a> {
    pub(crate) fn new(records: &'a [u8]) -> Self {
        Self { rest: records }
    }

    /// Bytes not walked; after the last step, the torn tail.
    pub(crate) fn rest(&self) -> usize {
        self.rest.len()
    }

    /// After the last step: is the rest a record of full length that is damaged? A crash tears off what follows a
    /// point, or leaves zeros; this was whole once, and may have been acknowledged.
    pub(crate) fn rest_was_whole(&self) -> bool {
        split_record(self.rest).is_some_and(|(frame, _)| is_plausible(frame))
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Step<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some((frame, rest)) = split_record(self.rest)
            && let Some((kind, payload)) = valid(frame)
        {
            self.rest = rest;
            return Some(Step::Record { kind, payload });
        }
        let bytes = next_whole(self.rest)?;
        self.rest = self.rest.get(bytes..)?;
        Some(Step::Damaged { bytes })
    }
}

/// What a search for the next whole record may compute checksums of, as a multiple of the bytes searched: bytes
/// made up to look like many long records must not stop a start.
const SEARCH_EFFORT: usize = 16;

/// Where the next whole record begins behind a damaged one.
fn next_whole(bytes: &[u8]) -> Option<usize> {
    // Its length may still be intact; then the next record begins where it ends. A record inside its payload, which
    // its sender may have put there, is not looked at then.
    if let Some((damaged, rest)) = split_record(bytes)
        && whole_at(rest, 0).is_some()
    {
        return Some(damaged.len());
    }
    let mut effort = bytes.len().saturating_mul(SEARCH_EFFORT);
    for at in 1..bytes.len() {
        let candidate = bytes.get(at..)?;
        let Some((frame, _)) = split_record(candidate).filter(|(frame, _)| is_plausible(frame))
        else {
            continue;
        };
        effort = effort.checked_sub(frame.len())?;
        if valid(frame).is_some() {
            return Some(at);
        }
    }
    None
}

fn whole_at(bytes: &[u8], at: usize) -> Option<Valid<'_>> {
    valid(split_record(bytes.get(at..)?)?.0)
}

/// Cheap, and false for nearly all places where no record begins.
fn is_plausible(frame: &[u8]) -> bool {
    frame
        .get(RECORD_OVERHEAD - 1)
        .is_some_and(|kind| is_known_kind(*kind))
}

/// The first record's bytes, whole or damaged, and the rest.
fn split_record(bytes: &[u8]) -> Option<Split<'_>> {
    let length = usize::try_from(u32::from_le_bytes(*bytes.first_chunk::<4>()?)).ok()?;
    bytes.split_at_checked(length.checked_add(RECORD_OVERHEAD)?)
}

/// Kind and payload, if the checksum holds.
fn valid(frame: &[u8]) -> Option<Valid<'_>> {
    let (length, rest) = frame.split_first_chunk::<4>()?;
    let (stored, rest) = rest.split_first_chunk::<4>()?;
    let (kind, payload) = rest.split_first()?;
    let computed = checksum(*length, *kind, &[payload]);
    (computed == u32::from_le_bytes(*stored)).then_some((*kind, payload))
}

#[cfg(test)]
mod tests;
