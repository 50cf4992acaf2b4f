//! What a start does with the segment files that it finds: cut off what a crash tore, and line them up for landing.

use std::io;

use super::OpenError;
use super::chunk_window::ReceivedChunk;
use super::ledger::{DAMAGED_SUFFIX, segment_of_parts, seq_of};
use super::payload::StoredPayload;
use super::sealed::SealedSegment;
use super::segment_file::{HEADER_BYTES, Header, Step, Walk};
use super::storage::Storage;

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Recovered {
    /// Segments with records, in order.
    pub(crate) segments: Vec<SealedSegment>,
    /// Bytes that ended in the middle of a record. None of them was acknowledged.
    pub(crate) torn_bytes: u64,
    /// Records with a wrong checksum between whole ones; their segments are kept aside after landing.
    pub(crate) damaged_records: u64,
    /// Where damage lies, the first [`MAX_RANGES`] of it.
    pub(crate) ranges: Vec<DamagedRange>,
    /// Files that are not segments although they are named so; renamed.
    pub(crate) unreadable_files: u64,
    /// Above every segment number in the directory.
    pub(crate) next_seq: u64,
    /// Chunks in the segments, by which a repetition is known.
    pub(crate) chunks: Vec<ReceivedChunk>,
}

/// Damage in a segment, and when its records were received at the earliest and latest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DamagedRange {
    pub(crate) segment: String,
    pub(crate) bytes: usize,
    /// Of the record before it, or the beginning of the segment.
    pub(crate) from_us: i64,
    /// Of the record behind it, if there is one.
    pub(crate) until_us: Option<i64>,
}

/// More is only counted.
const MAX_RANGES: usize = 100;

/// Looks at every segment file once. Nobody may append to them afterwards.
pub(crate) fn recover(storage: &dyn Storage) -> Result<Recovered, OpenError> {
    let mut names = storage.list().map_err(|source| OpenError {
        step: "list the directory",
        source,
    })?;
    names.sort();
    let mut recovered = Recovered {
        next_seq: 1,
        ..Recovered::default()
    };
    for name in &names {
        if segment_of_parts(name).is_some_and(|segment| {
            names
                .binary_search_by(|name| name.as_str().cmp(segment))
                .is_err()
        }) {
            remove_left(storage, name);
        }
    }
    for name in names {
        // A file that is kept keeps its number in its name, and numbers are never used twice.
        let seq = seq_of(&name);
        recovered.next_seq = recovered.next_seq.max(seq.map_or(0, |seq| seq + 1));
        if Header::seq_of(&name).is_some() {
            let step = "read a segment";
            recovered
                .segment(storage, name)
                .map_err(|source| OpenError { step, source })?;
        }
    }
    Ok(recovered)
}

impl Recovered {
    fn segment(&mut self, storage: &dyn Storage, name: String) -> io::Result<()> {
        let bytes = storage.read(&name)?;
        let records = bytes.get(HEADER_BYTES..).unwrap_or_default();
        let Some(began_us) = began_us(&bytes) else {
            return self.without_record(storage, &name, bytes.len());
        };
        let mut walk = Walk::new(records);
        let mut check = SegmentCheck {
            segment: &name,
            latest_us: began_us,
            whole: 0,
            damaged: Vec::new(),
        };
        for step in walk.by_ref() {
            self.chunks.extend(check.step(step));
        }
        let length = as_u64(bytes.len() - walk.rest());
        if walk.rest() > 0 {
            let tail = bytes.get(bytes.len() - walk.rest()..).unwrap_or_default();
            match walk.rest_was_whole() {
                true => {
                    check.damage(tail.len());
                    keep_aside(storage, &format!("{name}.tail{DAMAGED_SUFFIX}"), tail);
                }
                false => self.torn_bytes += as_u64(tail.len()),
            }
        }
        let (whole, damaged) = (check.whole, check.damaged);
        self.damaged_records += u64::try_from(damaged.len()).unwrap_or(u64::MAX);
        let room = MAX_RANGES.saturating_sub(self.ranges.len());
        self.ranges.extend(damaged.iter().take(room).cloned());
        if length <= as_u64(HEADER_BYTES) || (whole == 0 && damaged.is_empty()) {
            return storage.remove(&name);
        }
        // Makes durable what stays, too: a process that was killed before its sync leaves whole records that a power cut
        // would take, and from here on a sender that repeats them hears that they are stored.
        storage.truncate(&name, length)?;
        self.segments.push(SealedSegment {
            name,
            length,
            began_us,
        });
        Ok(())
    }

    /// Neither a header nor a whole record. A crash between creating a file and its first sync leaves less than a header, or
    /// zeros; nothing in it was acknowledged. Anything longer may once have been a segment and is kept aside.
    fn without_record(
        &mut self,
        storage: &dyn Storage,
        name: &str,
        length: usize,
    ) -> io::Result<()> {
        if length <= HEADER_BYTES {
            self.torn_bytes += as_u64(length);
            return storage.remove(name);
        }
        self.unreadable_files += 1;
        tracing::error!(
            segment.name = name,
            bytes = length,
            "no record found in a segment's file; it is kept aside"
        );
        storage.rename(name, &format!("{name}{DAMAGED_SUFFIX}"))
    }
}

/// When a segment was begun. A damaged header is not needed for that: the first whole record was received soon after. `None` =
/// there is neither.
pub(crate) fn began_us(segment: &[u8]) -> Option<i64> {
    if let Some((header, _)) = Header::decode(segment) {
        return Some(header.created_at_us);
    }
    let mut steps = Walk::new(segment.get(HEADER_BYTES..)?);
    steps.find_map(|step| match step {
        Step::Record { kind, payload } => {
            Some(StoredPayload::read(kind, payload)?.received_at_us())
        }
        Step::Damaged { .. } => None,
    })
}

/// One segment's records and damage, with the times around it.
struct SegmentCheck<'a> {
    segment: &'a str,
    latest_us: i64,
    whole: u64,
    damaged: Vec<DamagedRange>,
}

impl SegmentCheck<'_> {
    fn step(&mut self, step: Step<'_>) -> Option<ReceivedChunk> {
        let (kind, payload) = match step {
            Step::Damaged { bytes } => {
                self.damage(bytes);
                return None;
            }
            Step::Record { kind, payload } => (kind, payload),
        };
        self.whole += 1;
        if let Some(stored) = StoredPayload::read(kind, payload) {
            self.latest_us = stored.received_at_us();
            let last = self.damaged.last_mut();
            if let Some(last) = last.filter(|last| last.until_us.is_none()) {
                last.until_us = Some(self.latest_us);
            }
        }
        chunk_of(kind, payload)
    }

    fn damage(&mut self, bytes: usize) {
        self.damaged.push(DamagedRange {
            segment: self.segment.to_owned(),
            bytes,
            from_us: self.latest_us,
            until_us: None,
        });
    }
}

/// A file of a segment that has landed since; nobody needs it any more.
fn remove_left(storage: &dyn Storage, name: &str) {
    if let Err(error) = storage.remove(name) {
        tracing::warn!(file.name = name, error = %error, "old file not removed");
    }
}

/// The start goes on without it if the disk has no room for what only a person would look at.
fn keep_aside(storage: &dyn Storage, name: &str, bytes: &[u8]) {
    if let Err(error) = storage.replace(name, bytes) {
        tracing::error!(file.name = name, error = %error, "damaged bytes not kept aside");
    }
}

/// The chunk that a record holds, if its payload can be read.
pub(crate) fn chunk_of(kind: u8, payload: &[u8]) -> Option<ReceivedChunk> {
    let key = StoredPayload::chunk_key(kind, payload)?;
    Some((key, StoredPayload::read(kind, payload)?.received_at_us()))
}

fn as_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
