//! One event, borrowed from the segment, and what a table is given of it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use forward_protocol::{DecodeError, EventTime, read_record_counting};
use serde_json::{Map, Number, Value};

use crate::record::Record;

/// A stored payload that cannot be read as what it was stored as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl From<DecodeError> for Unreadable {
    fn from(_: DecodeError) -> Self {
        Self
    }
}

/// An event as it was stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event<'a> {
    /// Its position among all events of the segment, those of repeated chunks included.
    pub(crate) index: u64,
    /// Routing name.
    pub(crate) tag: &'a str,
    /// When it arrived, in microseconds since 1970.
    pub(crate) received_at_us: i64,
    /// All else.
    pub(crate) body: EventBody<'a>,
}

/// What came, by the way it came.
#[derive(Debug, Clone, Copy)]
pub(crate) enum EventBody<'a> {
    /// Over the forward protocol; the record as MessagePack.
    Entry {
        time: Option<EventTime>,
        record: &'a [u8],
    },
    /// Over HTTP.
    Posted(Posted<'a>),
    /// What is not an event.
    Fault {
        code: &'static str,
        error: &'a str,
        bytes: &'a [u8],
    },
}

/// One event of a body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Posted<'a> {
    /// JSON or MessagePack.
    pub(crate) record: &'a [u8],
    pub(crate) msgpack: bool,
    /// The time beside it, or given for all events of the body.
    pub(crate) given: Option<i64>,
    /// Fields to add.
    pub(crate) extra: &'a Map<String, Value>,
}

/// The time that an event has, and its fields without it.
type TimedFields = (Option<i64>, Map<String, Value>);

impl Event<'_> {
    /// As tables take it. Adds up texts in which bytes that are not UTF-8 were replaced.
    pub(crate) fn record(&self, replaced: &mut u64) -> Result<Record, Unreadable> {
        let (event_time_us, fields, fault) = match self.body {
            EventBody::Entry { time, record } => {
                let (fields, count) = read_record_counting(record)?;
                *replaced += count;
                (time.and_then(EventTime::micros), fields, None)
            }
            EventBody::Posted(posted) => {
                let (time, fields) = posted.read(replaced)?;
                (time, fields, None)
            }
            EventBody::Fault { code, error, bytes } => (None, fault(error, bytes), Some(code)),
        };
        Ok(Record {
            tag: self.tag.to_owned(),
            event_time_us,
            received_at_us: self.received_at_us,
            fields,
            fault,
        })
    }
}

impl Posted<'_> {
    fn read(&self, replaced: &mut u64) -> Result<TimedFields, Unreadable> {
        let mut fields: Map<String, Value> = match self.msgpack {
            true => {
                let (fields, count) = read_record_counting(self.record)?;
                *replaced += count;
                fields
            }
            false => serde_json::from_slice(self.record).map_err(|_| Unreadable)?,
        };
        for (name, value) in self.extra {
            // What the sender says of itself stands.
            fields.entry(name).or_insert_with(|| value.clone());
        }
        let own = take_time(&mut fields);
        Ok((self.given.or(own), fields))
    }
}

/// Something that is not an event: what is wrong with it, and its bytes, readable where they are text.
fn fault(error: &str, bytes: &[u8]) -> Map<String, Value> {
    let (name, whole) = match std::str::from_utf8(bytes) {
        Ok(text) => ("text", text.to_owned()),
        Err(_) => ("base64", STANDARD.encode(bytes)),
    };
    let fields = [("error", error.to_owned()), (name, whole)];
    let fields = fields.map(|(name, value)| (name.to_owned(), Value::String(value)));
    fields.into_iter().collect()
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
