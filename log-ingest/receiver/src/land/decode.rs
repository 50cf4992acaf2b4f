//! From a segment file's bytes to the records that a sink is given.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use forward_protocol::{DecodeError, Entry, Frame, Intake, Limits, read_record_counting};
use serde_json::{Map, Number, Value};

use super::Segment;
use crate::buffer::{ChunkKey, Header, HttpHead, SeenChunk, Step, StoredPayload, Walk, chunk_of};
use crate::receive::{Item, JsonItems, MsgPackItems};
use crate::record::Record;

/// A segment, and how much of it could not be read.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) segment: Segment,
    /// Stored payloads that are damaged; each was one message or one request.
    pub(crate) damaged: u64,
    /// Texts in which bytes that are not UTF-8 were replaced.
    pub(crate) replaced: u64,
    /// Chunks by which repetitions are known.
    pub(crate) chunks: Vec<SeenChunk>,
    /// Events of chunks that are in the tables already, left out.
    pub(crate) repeated: u64,
}

/// What is known about all records of one message or body, and where they go.
struct Batch<'a> {
    records: &'a mut Vec<Record>,
    replaced: &'a mut u64,
    tag: &'a str,
    received_at_us: i64,
}

/// A stored payload that cannot be read as what it was stored as.
struct Unreadable;

/// `None` = not a segment file. Chunks that `landed` knows, or that are there twice, are left out: a write that failed
/// half-way may have left one behind that its sender has sent again since.
pub(crate) fn decode_segment(bytes: &[u8], landed: impl Fn(ChunkKey) -> bool) -> Option<Decoded> {
    let (header, records) = Header::decode(bytes)?;
    let mut segment = Segment {
        buffer_id: header.buffer_id.simple().to_string(),
        seq: header.seq,
        records: Vec::new(),
    };
    let (mut damaged, mut replaced, mut repeated) = (0, 0, 0);
    let (mut chunks, mut known) = (Vec::new(), HashSet::new());
    for step in Walk::new(records) {
        let before = segment.records.len();
        let read = match step {
            Step::Damaged { .. } => false,
            Step::Record { kind, payload } => StoredPayload::read(kind, payload)
                .is_some_and(|stored| append(stored, &mut segment.records, &mut replaced)),
        };
        damaged += u64::from(!read);
        let Step::Record { kind, payload } = step else {
            continue;
        };
        if let Some(chunk) = chunk_of(kind, payload).filter(|_| read) {
            if landed(chunk.0) || !known.insert(chunk.0) {
                repeated += u64::try_from(segment.records.len() - before).unwrap_or(u64::MAX);
                segment.records.truncate(before);
            }
            chunks.push(chunk);
        }
    }
    Some(Decoded {
        segment,
        damaged,
        replaced,
        chunks,
        repeated,
    })
}

/// Everything was checked before it was stored, so a failure means damage; then nothing of the payload is added.
fn append(stored: StoredPayload<'_>, records: &mut Vec<Record>, replaced: &mut u64) -> bool {
    let before = records.len();
    let (tag, received_at_us) = match stored {
        StoredPayload::Forward { received_at_us, .. }
        | StoredPayload::FaultyForward { received_at_us, .. } => ("", received_at_us),
        StoredPayload::Http {
            received_at_us,
            tag,
            ..
        } => (tag, received_at_us),
        StoredPayload::HttpBody { head, .. } => (head.tag, head.received_at_us),
    };
    let batch = Batch {
        records: &mut *records,
        replaced,
        tag,
        received_at_us,
    };
    let done = match stored {
        StoredPayload::Forward { frame, .. } => batch.forward(frame),
        StoredPayload::FaultyForward { limits, frame, .. } => batch.faulty_forward(frame, &limits),
        StoredPayload::Http {
            event_time_us,
            body,
            ..
        } => batch.json(body, event_time_us),
        StoredPayload::HttpBody { head, body } => batch.body(&head, body),
    };
    if done.is_err() {
        records.truncate(before);
    }
    done.is_ok()
}

/// Caps were enforced at receipt, and the configuration may have been made stricter since.
const STORED: Limits = Limits {
    max_frame_bytes: usize::MAX,
    max_items: u64::MAX,
    max_depth: 256,
    max_inflated_bytes: usize::MAX - 1,
};

impl From<DecodeError> for Unreadable {
    fn from(_: DecodeError) -> Self {
        Self
    }
}

impl<'a> Batch<'a> {
    fn forward(mut self, frame: &'a [u8]) -> Result<(), Unreadable> {
        let Frame::Message(message) = Frame::decode(frame, &STORED)? else {
            return Ok(());
        };
        let tag = message.tag;
        for entry in message.entries() {
            self.entry(tag, &entry?)?;
        }
        Ok(())
    }

    fn faulty_forward(mut self, frame: &'a [u8], limits: &Limits) -> Result<(), Unreadable> {
        let message = match Intake::read(frame, limits)? {
            Intake::Heartbeat => return Err(Unreadable),
            Intake::Broken(broken) => {
                self.tag = broken.tag.unwrap_or_default();
                self.fault(broken.error.code(), &broken.error.to_string(), frame);
                return Ok(());
            }
            Intake::Message(message) => message,
        };
        self.tag = message.tag;
        let mut entries = message.entries();
        while let Some(found) = entries.next_or_fault() {
            match found {
                Ok(entry) => self.entry(message.tag, &entry)?,
                Err(fault) => self.fault(fault.error.code(), &fault.error.to_string(), fault.bytes),
            }
        }
        Ok(())
    }

    fn entry(&mut self, tag: &str, entry: &Entry<'_>) -> Result<(), Unreadable> {
        let (fields, replaced) = read_record_counting(entry.record)?;
        *self.replaced += replaced;
        self.records.push(Record {
            tag: tag.to_owned(),
            event_time_us: entry.time.and_then(|time| time.micros()),
            received_at_us: self.received_at_us,
            fields,
            fault: None,
        });
        Ok(())
    }

    /// Something that is no event: what is wrong with it, and its bytes, readable where they are text.
    fn fault(&mut self, code: &'static str, error: &str, bytes: &[u8]) {
        let (name, whole) = match std::str::from_utf8(bytes) {
            Ok(text) => ("text", text.to_owned()),
            Err(_) => ("base64", STANDARD.encode(bytes)),
        };
        let fields = [("error", error.to_owned()), (name, whole)];
        let fields = fields.map(|(name, value)| (name.to_owned(), Value::String(value)));
        self.records.push(Record {
            tag: self.tag.to_owned(),
            event_time_us: None,
            received_at_us: self.received_at_us,
            fields: fields.into_iter().collect(),
            fault: Some(code),
        });
    }

    fn json(mut self, body: &[u8], given: Option<i64>) -> Result<(), Unreadable> {
        for item in JsonItems::new(body) {
            let fields = item.map_err(|_| Unreadable)?;
            let fields = serde_json::from_slice(fields).map_err(|_| Unreadable)?;
            self.event(fields, given);
        }
        Ok(())
    }

    fn body(mut self, head: &HttpHead<'_>, body: &[u8]) -> Result<(), Unreadable> {
        let extra = match head.extra {
            "" => Map::new(),
            text => serde_json::from_str(text).map_err(|_| Unreadable)?,
        };
        match head.msgpack {
            true => MsgPackItems::new(body).try_for_each(|item| self.item(item, head, &extra)),
            false => JsonItems::new(body).try_for_each(|item| self.item(item, head, &extra)),
        }
    }

    fn item(
        &mut self,
        item: Item<'_>,
        head: &HttpHead<'_>,
        extra: &Map<String, Value>,
    ) -> Result<(), Unreadable> {
        let event = match item {
            Ok(event) => event,
            Err(faulty) if head.faulty => {
                self.fault(faulty.fault.code, &faulty.fault.error, faulty.bytes);
                return Ok(());
            }
            Err(_) => return Err(Unreadable),
        };
        let mut fields = match head.msgpack {
            true => {
                let (fields, replaced) = read_record_counting(event)?;
                *self.replaced += replaced;
                fields
            }
            false => serde_json::from_slice(event).map_err(|_| Unreadable)?,
        };
        for (name, value) in extra {
            // What the sender says of itself stands.
            fields.entry(name).or_insert_with(|| value.clone());
        }
        self.event(fields, head.event_time_us);
        Ok(())
    }

    fn event(&mut self, mut fields: Map<String, Value>, given: Option<i64>) {
        let own = take_time(&mut fields);
        self.records.push(Record {
            tag: self.tag.to_owned(),
            event_time_us: given.or(own),
            received_at_us: self.received_at_us,
            fields,
            fault: None,
        });
    }
}

/// A field `time` with a number in it is the event's time in seconds, as Fluentd's HTTP input has it. Any other
/// value stays a field like all others.
fn take_time(fields: &mut Map<String, Value>) -> Option<i64> {
    let seconds = fields
        .get("time")
        .and_then(Value::as_number)
        .and_then(Number::as_f64)?;
    let micros = (seconds * 1e6).round();
    if !micros.is_finite() || micros.abs() >= 9e18 {
        return None;
    }
    fields.shift_remove("time");
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number that was just checked to fit 63 bits"
    )]
    let micros = micros as i64;
    Some(micros)
}
