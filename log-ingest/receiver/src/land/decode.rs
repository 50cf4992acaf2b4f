//! From a segment file's bytes to the records that a sink is given.

use forward_protocol::{DecodeError, Frame, Limits, read_record};
use serde_json::{Map, Number, Value};

use super::Segment;
use crate::buffer::{Header, Step, StoredPayload, Walk};
use crate::receive::{BodyError, records_of};
use crate::record::Record;

/// A segment, and how much of it could not be read.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) segment: Segment,
    /// Stored payloads that are damaged; each was one message or one request.
    pub(crate) damaged: u64,
}

/// `None` = not a segment file.
pub(crate) fn decode_segment(bytes: &[u8]) -> Option<Decoded> {
    let (header, records) = Header::decode(bytes)?;
    let mut segment = Segment {
        buffer_id: header.buffer_id.simple().to_string(),
        seq: header.seq,
        records: Vec::new(),
    };
    let mut damaged = 0;
    for step in Walk::new(records) {
        let read = match step {
            Step::Damaged { .. } => false,
            Step::Record { kind, payload } => StoredPayload::read(kind, payload)
                .is_some_and(|stored| append(stored, &mut segment.records)),
        };
        damaged += u64::from(!read);
    }
    Some(Decoded { segment, damaged })
}

/// Everything was checked before it was stored, so a failure means damage; then nothing of the payload is added.
fn append(stored: StoredPayload<'_>, records: &mut Vec<Record>) -> bool {
    let before = records.len();
    let done = match stored {
        StoredPayload::Forward {
            received_at_us,
            frame,
        } => forward(frame, received_at_us, records).is_ok(),
        StoredPayload::Http {
            received_at_us,
            event_time_us,
            tag,
            body,
        } => http(body, tag, (received_at_us, event_time_us), records).is_ok(),
    };
    if !done {
        records.truncate(before);
    }
    done
}

/// Caps were enforced at receipt, and the configuration may have been made stricter since.
const STORED: Limits = Limits {
    max_frame_bytes: usize::MAX,
    max_items: u64::MAX,
    max_depth: 256,
    max_inflated_bytes: usize::MAX - 1,
};

fn forward(
    frame: &[u8],
    received_at_us: i64,
    records: &mut Vec<Record>,
) -> Result<(), DecodeError> {
    let Frame::Message(message) = Frame::decode(frame, &STORED)? else {
        return Ok(());
    };
    for entry in message.entries() {
        let entry = entry?;
        records.push(Record {
            tag: message.tag.to_owned(),
            event_time_us: entry.time.and_then(|time| time.micros()),
            received_at_us,
            fields: read_record(entry.record)?,
        });
    }
    Ok(())
}

fn http(
    body: &[u8],
    tag: &str,
    (received_at_us, given): (i64, Option<i64>),
    records: &mut Vec<Record>,
) -> Result<(), BodyError> {
    for mut fields in records_of(body)? {
        let own = take_time(&mut fields);
        let event_time_us = given.or(own);
        records.push(Record {
            tag: tag.to_owned(),
            event_time_us,
            received_at_us,
            fields,
        });
    }
    Ok(())
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
