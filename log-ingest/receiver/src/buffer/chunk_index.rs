//! Chunks of segments that have landed and are gone, on disk, so that a restart still knows them.
//!
//! ```text
//! file    magic "EBCHUNKS" | entries of 28 bytes: key 16 | received µs i64 | crc32 of both u32
//! ```
//!
//! A segment's chunks are appended and synced after it has landed and before it is deleted: one sync for a whole
//! segment, none for a message. A file is never appended to after a restart or a failure; old files go once newer ones
//! fill the window.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use super::chunk_window::{ChunkWindow, ReceivedChunk};
use super::storage::{SegmentFile, Storage};

const MAGIC: &[u8; 8] = b"EBCHUNKS";
const ENTRY_BYTES: usize = 16 + 8 + 4;
const PREFIX: &str = "chunks-";
const SUFFIX: &str = ".index";
/// Number of files that the window is spread over.
const FILES: usize = 4;
/// More files than this are written into one at the start.
const MAX_FILES: usize = 8;

/// Writes the files.
#[derive(Debug)]
pub(crate) struct ChunkIndex {
    storage: Arc<dyn Storage>,
    window: usize,
    open: Option<Box<dyn SegmentFile>>,
    files: VecDeque<IndexFile>,
    next: u64,
    /// What a failing disk did not take yet.
    unsaved: VecDeque<ReceivedChunk>,
}

#[derive(Debug)]
struct IndexFile {
    name: String,
    entries: usize,
}

impl ChunkIndex {
    /// Reads what an earlier run left into `window`.
    pub(crate) fn open(storage: Arc<dyn Storage>, window: &ChunkWindow) -> io::Result<Self> {
        let mut names = storage.list()?;
        names.retain(|name| number_of(name).is_some());
        names.sort();
        let mut index = Self {
            storage,
            window: window.capacity(),
            open: None,
            files: VecDeque::new(),
            next: names.last().and_then(|name| number_of(name)).unwrap_or(0) + 1,
            unsaved: VecDeque::new(),
        };
        for name in names {
            let chunks = decode(&index.storage.read(&name)?);
            window.landed(&chunks);
            index.files.push_back(IndexFile {
                name,
                entries: chunks.len(),
            });
        }
        if index.files.len() > MAX_FILES {
            index.write_anew(&window.all_landed());
        }
        Ok(index)
    }

    /// Keeps these durably. A full disk does not hold anything up: they stay in memory and are written next time, and the
    /// segment may go, since otherwise there would never be room again. After any other failure it must stay.
    pub(crate) fn save(&mut self, chunks: &[ReceivedChunk]) -> io::Result<()> {
        if self.window == 0 || (chunks.is_empty() && self.unsaved.is_empty()) {
            return Ok(());
        }
        let Err(error) = self.write(chunks) else {
            self.unsaved.clear();
            return Ok(());
        };
        // What the file holds now is not known, so nothing is put behind it.
        self.open = None;
        if !matches!(
            error.kind(),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded
        ) {
            return Err(error);
        }
        self.unsaved.extend(chunks);
        while self.unsaved.len() > self.window {
            self.unsaved.pop_front();
        }
        tracing::warn!(
            error = %error,
            chunks = self.unsaved.len(),
            "chunks not remembered on disk yet; a crash now would forget them"
        );
        Ok(())
    }

    fn write(&mut self, chunks: &[ReceivedChunk]) -> io::Result<()> {
        let full = self.window.div_ceil(FILES);
        if self.files.back().is_none_or(|file| file.entries >= full) {
            self.open = None;
        }
        let mut bytes = Vec::new();
        let open = match &mut self.open {
            Some(open) => open,
            None => {
                let name = file_name(self.next);
                self.next += 1;
                let file = self.storage.create(&name)?;
                bytes.extend_from_slice(MAGIC);
                self.files.push_back(IndexFile { name, entries: 0 });
                self.open.insert(file)
            }
        };
        encode(&mut bytes, self.unsaved.iter().chain(chunks));
        open.append(&bytes)?;
        open.sync()?;
        if let Some(file) = self.files.back_mut() {
            file.entries += self.unsaved.len() + chunks.len();
        }
        self.forget_old()
    }

    /// Deletes files that lie behind the window.
    fn forget_old(&mut self) -> io::Result<()> {
        let mut newer: usize = self.files.iter().skip(1).map(|file| file.entries).sum();
        while newer >= self.window
            && let Some(oldest) = self.files.front()
        {
            self.storage.remove(&oldest.name)?;
            self.files.pop_front();
            newer -= self.files.front().map_or(0, |file| file.entries);
        }
        Ok(())
    }

    /// A file that cannot be removed only costs one needless read.
    fn remove(&self, old: &IndexFile) {
        if let Err(error) = self.storage.remove(&old.name) {
            tracing::warn!(error = %error, "old index of chunks not removed");
        }
    }

    /// One file in the place of many.
    fn write_anew(&mut self, chunks: &[ReceivedChunk]) {
        let mut bytes = MAGIC.to_vec();
        encode(&mut bytes, chunks.iter());
        let name = file_name(self.next);
        if let Err(error) = self.storage.replace(&name, &bytes) {
            tracing::warn!(error = %error, "index of chunks not put together");
            return;
        }
        self.next += 1;
        for old in std::mem::take(&mut self.files) {
            self.remove(&old);
        }
        self.files.push_back(IndexFile {
            name,
            entries: chunks.len(),
        });
    }
}

fn file_name(number: u64) -> String {
    format!("{PREFIX}{number:020}{SUFFIX}")
}

fn number_of(name: &str) -> Option<u64> {
    let digits = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    digits.parse().ok()
}

fn encode<'a>(out: &mut Vec<u8>, chunks: impl Iterator<Item = &'a ReceivedChunk>) {
    for (key, at) in chunks {
        let mut entry = [0; ENTRY_BYTES];
        let (fields, checksum) = entry.split_at_mut(ENTRY_BYTES - 4);
        let (first, second) = fields.split_at_mut(16);
        first.copy_from_slice(&key.to_le_bytes());
        second.copy_from_slice(&at.to_le_bytes());
        checksum.copy_from_slice(&crc32fast::hash(fields).to_le_bytes());
        out.extend_from_slice(&entry);
    }
}

/// Entries are of one size, so that a damaged one costs only itself.
fn decode(bytes: &[u8]) -> Vec<ReceivedChunk> {
    // Each has a checksum of its own, so that damage in front of them costs none.
    let entries = bytes.get(MAGIC.len()..).unwrap_or_default();
    entries
        .chunks_exact(ENTRY_BYTES)
        .filter_map(entry)
        .collect()
}

fn entry(bytes: &[u8]) -> Option<ReceivedChunk> {
    let (fields, checksum) = bytes.split_last_chunk::<4>()?;
    let (key, at) = fields.split_first_chunk::<16>()?;
    let at = at.first_chunk::<8>()?;
    let whole = crc32fast::hash(fields) == u32::from_le_bytes(*checksum);
    whole.then(|| (u128::from_le_bytes(*key), i64::from_le_bytes(*at)))
}

#[cfg(test)]
mod tests;
