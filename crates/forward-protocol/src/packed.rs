//! Entries collected for sending: each record is encoded once, whatever mode carries it and however often.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::event_time::EventTime;
use crate::json::write_record;
use crate::row::{RowError, write_row};
use crate::write::{array_header, event_time};

/// Entries back to back, as packed forward mode carries them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackedEntries {
    bytes: Vec<u8>,
    count: u32,
}

impl PackedEntries {
    /// No entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// No entries, and room for that many bytes of them.
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(bytes),
            count: 0,
        }
    }

    /// Adds a record that is one MessagePack map already.
    pub fn push_encoded(&mut self, time: EventTime, record: &[u8]) {
        self.head(time);
        self.bytes.extend_from_slice(record);
    }

    /// Adds a record.
    pub fn push(&mut self, time: EventTime, record: &Map<String, Value>) {
        self.head(time);
        write_record(&mut self.bytes, record);
    }

    /// Adds a struct whose fields are texts, numbers, booleans or nothing, as a record.
    ///
    /// # Errors
    /// [`RowError`] for any other value, of which nothing is added.
    pub fn push_row(&mut self, time: EventTime, row: &impl Serialize) -> Result<(), RowError> {
        let (length, count) = (self.bytes.len(), self.count);
        self.head(time);
        write_row(&mut self.bytes, row).inspect_err(|_| {
            self.bytes.truncate(length);
            self.count = count;
        })
    }

    /// Adds the entries of another collection behind those that are here.
    pub fn append(&mut self, other: &Self) {
        self.bytes.extend_from_slice(&other.bytes);
        self.count = self.count.saturating_add(other.count);
    }

    fn head(&mut self, time: EventTime) {
        array_header(&mut self.bytes, 2);
        event_time(&mut self.bytes, time);
        self.count = self.count.saturating_add(1);
    }

    /// Number of entries.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The encoded entries.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Forgets the entries and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.count = 0;
    }
}
