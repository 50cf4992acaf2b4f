//! What a start does with the segment files that it finds: cut off what a crash tore, and line them up for landing.

use std::io;

use super::OpenError;
use super::payload::StoredPayload;
use super::sealed::SealedSegment;
use super::seen::SeenChunk;
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
    /// Files that are no segments at all although they are named so; renamed.
    pub(crate) unreadable_files: u64,
    /// Above every segment number in the directory.
    pub(crate) next_seq: u64,
    /// Chunks in the segments, by which a repetition is known.
    pub(crate) chunks: Vec<SeenChunk>,
}

/// End of the name of a file that needs a person's eyes.
pub(crate) const DAMAGED_SUFFIX: &str = ".damaged";

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
    for name in names {
        // A damaged file keeps its number in its name, and numbers are never used twice.
        let seq = Header::seq_of(name.trim_end_matches(DAMAGED_SUFFIX));
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
        let Some((_, records)) = Header::decode(&bytes) else {
            return self.without_header(storage, &name, bytes.len());
        };
        let mut walk = Walk::new(records);
        let (mut whole, mut damaged) = (0u64, 0u64);
        for step in walk.by_ref() {
            match step {
                Step::Record { kind, payload } => {
                    whole += 1;
                    self.chunks.extend(chunk_of(kind, payload));
                }
                Step::Damaged { .. } => damaged += 1,
            }
        }
        self.damaged_records += damaged;
        let length = as_u64(bytes.len() - walk.rest());
        if walk.rest() > 0 {
            self.torn_bytes += as_u64(walk.rest());
            storage.truncate(&name, length)?;
        }
        if whole + damaged == 0 {
            return storage.remove(&name);
        }
        self.segments.push(SealedSegment { name, length });
        Ok(())
    }

    /// A crash between creating a file and its first sync leaves less than a header, or zeros; nothing in it was
    /// acknowledged. Anything longer may once have been a segment and is kept aside.
    fn without_header(
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
        storage.rename(name, &format!("{name}{DAMAGED_SUFFIX}"))
    }
}

/// The chunk that a record holds, if its payload can be read.
pub(crate) fn chunk_of(kind: u8, payload: &[u8]) -> Option<SeenChunk> {
    let key = StoredPayload::chunk_key(kind, payload)?;
    Some((key, StoredPayload::read(kind, payload)?.received_at_us()))
}

fn as_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
