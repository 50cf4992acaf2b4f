//! Sorts events by tag and cuts them into parts; where it cuts follows from the events and the settings alone.

use std::collections::BTreeMap;

use bytes::Bytes;
use forward_protocol::{EventTime, PackedEntries};
use serde_json::Value;
use siphasher::sip128::SipHasher13;

use crate::read::{Event, EventBody, Unreadable};
use crate::record::Record;
use crate::tag_pattern::Pattern;

/// How events are written down.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Format {
    /// Entries of the forward protocol.
    Entries,
    /// Lines of JSON, the time under that name.
    Lines { time_key: Option<String> },
}

/// What decides where parts begin and end.
#[derive(Debug, Clone)]
pub(crate) struct Cut {
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) format: Format,
    /// A part of this many bytes is complete.
    pub(crate) part_bytes: usize,
}

/// How many times a part's bytes the open parts of all tags may hold together.
const OPEN_PARTS: usize = 2;

impl Cut {
    /// Differs where the same events would be cut differently.
    pub(crate) fn shape(&self) -> u64 {
        let Self {
            patterns,
            format,
            part_bytes,
        } = self;
        // As versions before this one wrote the format: a restart goes on where they stopped.
        let format = match format {
            Format::Entries => "Entries".to_owned(),
            Format::Lines { time_key } => {
                let time_key = time_key.as_deref().unwrap_or_default();
                format!("Lines {{ time_key: {time_key:?} }}")
            }
        };
        let settings = format!("{patterns:?} {format} {part_bytes}");
        SipHasher13::new().hash(settings.as_bytes()).h1
    }

    pub(crate) fn takes(&self, tag: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.fits(tag))
    }
}

/// Events of one tag, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Counts the parts of a piece of work from 0.
    pub(crate) number: u64,
    pub(crate) tag: String,
    pub(crate) events: u32,
    /// When the first of them was received, in microseconds since 1970.
    pub(crate) first_us: i64,
    /// In the wanted format; compressed once it leaves the reader.
    pub(crate) bytes: Bytes,
}

#[derive(Debug, Default)]
struct OpenPart {
    entries: PackedEntries,
    lines: Vec<u8>,
    events: u32,
    first_us: i64,
}

impl OpenPart {
    fn bytes(&self) -> usize {
        self.entries.as_bytes().len() + self.lines.len()
    }
}

/// See [`Cut`].
#[derive(Debug)]
pub(crate) struct Packer<'c> {
    cut: &'c Cut,
    open: BTreeMap<String, OpenPart>,
    held: usize,
    next: u64,
    /// The last tag, and whether it is wanted: most come in runs.
    last: (String, bool),
}

impl<'c> Packer<'c> {
    pub(crate) fn new(cut: &'c Cut) -> Self {
        Self {
            cut,
            open: BTreeMap::new(),
            held: 0,
            next: 0,
            last: (String::new(), cut.takes("")),
        }
    }

    /// Whether events of that tag are taken.
    pub(crate) fn wants(&mut self, event: &Event<'_>) -> bool {
        if self.last.0 != event.tag {
            self.last = (event.tag.to_owned(), self.cut.takes(event.tag));
        }
        // What is not an event stays in this log-ingest's quarantine.
        self.last.1 && !matches!(event.body, EventBody::Fault { .. })
    }

    /// Adds an event that is wanted; returns a part that this completes.
    pub(crate) fn add(&mut self, event: &Event<'_>) -> Result<Option<Part>, Unreadable> {
        if !self.open.contains_key(event.tag) {
            let open = OpenPart {
                first_us: event.received_at_us,
                ..OpenPart::default()
            };
            self.open.insert(event.tag.to_owned(), open);
        }
        let Some(open) = self.open.get_mut(event.tag) else {
            return Ok(None);
        };
        let before = open.bytes();
        write(&self.cut.format, event, open)?;
        open.events += 1;
        let now = open.bytes();
        self.held += now - before;
        if now >= self.cut.part_bytes {
            return Ok(self.close(event.tag));
        }
        if self.held < self.cut.part_bytes.saturating_mul(OPEN_PARTS) {
            return Ok(None);
        }
        let largest = self.open.iter().max_by_key(|(_, open)| open.bytes());
        let largest = largest.map(|(tag, _)| tag.clone());
        Ok(largest.and_then(|tag| self.close(&tag)))
    }

    /// A part of what is left, if anything is.
    pub(crate) fn rest(&mut self) -> Option<Part> {
        let tag = self.open.first_key_value().map(|(tag, _)| tag.clone())?;
        self.close(&tag)
    }

    fn close(&mut self, tag: &str) -> Option<Part> {
        let (tag, open) = self.open.remove_entry(tag)?;
        self.held -= open.bytes();
        let number = self.next;
        self.next += 1;
        let bytes = match self.cut.format {
            Format::Entries => Bytes::copy_from_slice(open.entries.as_bytes()),
            Format::Lines { .. } => Bytes::from(open.lines),
        };
        Some(Part {
            number,
            tag,
            events: open.events,
            first_us: open.first_us,
            bytes,
        })
    }
}

fn write(format: &Format, event: &Event<'_>, open: &mut OpenPart) -> Result<(), Unreadable> {
    let received = EventTime::from_micros(event.received_at_us);
    match (format, event.body) {
        // As it came, whatever bytes are in it.
        (Format::Entries, EventBody::Entry { time, record }) => {
            open.entries.push_encoded(time.unwrap_or(received), record);
        }
        (Format::Entries, _) => {
            let record = event.record(&mut 0)?;
            let time = record.event_time_us.map(EventTime::from_micros);
            open.entries.push(time.unwrap_or(received), &record.fields);
        }
        (Format::Lines { time_key }, _) => {
            line(time_key.as_deref(), event.record(&mut 0)?, &mut open.lines)?;
        }
    }
    Ok(())
}

/// The record's fields, and the time in seconds unless it has a field of that name.
fn line(time_key: Option<&str>, mut record: Record, out: &mut Vec<u8>) -> Result<(), Unreadable> {
    let time_us = record.event_time_us.unwrap_or(record.received_at_us);
    if let Some(time_key) = time_key.filter(|key| !record.fields.contains_key(*key)) {
        let whole = time_us.div_euclid(1_000_000);
        let text = format!("{whole}.{:06}", time_us.rem_euclid(1_000_000));
        let seconds: f64 = text.parse().map_err(|_| Unreadable)?;
        record
            .fields
            .insert(time_key.to_owned(), Value::from(seconds));
    }
    serde_json::to_writer(&mut *out, &Value::Object(record.fields)).map_err(|_| Unreadable)?;
    out.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests;
