//! Walks a segment and hands out its events.

use std::collections::HashSet;
use std::ops::ControlFlow;

use forward_protocol::{DecodeError, EventTime, Frame, Intake, Limits, read_record};
use serde_json::{Map, Value};

use super::event::{Event, EventBody, Posted, Unreadable};
use crate::buffer::{ChunkKey, HttpHead, ReceivedChunk, Step, StoredPayload, Walk, chunk_of};
use crate::items::{Item, JsonItems, MsgPackItems};

/// Code and reason of events whose sender may not use their tag.
pub(crate) const DENIED_TAG: (&str, &str) = (
    "denied_tag",
    "only servers may send this tag; see forward.server_tags",
);

/// What a walk came across besides the events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    /// Stored payloads that are damaged; each was one message or one request.
    pub(crate) damaged: u64,
    /// Chunks by which repetitions are known.
    pub(crate) chunks: Vec<ReceivedChunk>,
    /// Events of chunks that are known already, left out.
    pub(crate) repeated: u64,
}

/// Why a payload was not read to its end.
enum Stopped {
    Unreadable,
    /// Nobody wants more.
    Enough,
}

impl From<Unreadable> for Stopped {
    fn from(_: Unreadable) -> Self {
        Self::Unreadable
    }
}

impl From<DecodeError> for Stopped {
    fn from(_: DecodeError) -> Self {
        Self::Unreadable
    }
}

/// Is given each event; answers whether it wants more.
type Taker<'t> = dyn FnMut(&Event<'_>) -> Result<ControlFlow<()>, Unreadable> + 't;

/// Hands out the events behind a segment's header in their order. Chunks that `known` knows, or that are there twice,
/// are left out: a write that failed halfway may have left one behind that its sender has sent again since. `None` =
/// the taker had enough.
///
/// Everything was checked before it was stored, so what cannot be read is damage that no checksum shows; events in
/// front of it in the same payload have been handed out by then.
pub(crate) fn read_segment(
    records: &[u8],
    known: impl Fn(ChunkKey) -> bool,
    take: &mut Taker<'_>,
) -> Option<Survey> {
    let mut survey = Survey::default();
    let mut here = HashSet::new();
    let mut index = 0;
    let mut walk = Walk::new(records);
    for step in walk.by_ref() {
        let Step::Record { kind, payload } = step else {
            survey.damaged += 1;
            continue;
        };
        let Some(stored) = StoredPayload::read(kind, payload) else {
            survey.damaged += 1;
            continue;
        };
        let chunk = chunk_of(kind, payload);
        let repeated = chunk.is_some_and(|(key, _)| known(key) || !here.insert(key));
        let read = match repeated {
            true => events(&stored, &mut index, &mut |_| {
                survey.repeated += 1;
                Ok(ControlFlow::Continue(()))
            }),
            false => events(&stored, &mut index, take),
        };
        match read {
            Ok(()) => survey.chunks.extend(chunk),
            Err(Stopped::Enough) => return None,
            Err(Stopped::Unreadable) => {
                survey.damaged += 1;
                // A whole copy of it may follow.
                here.retain(|key| chunk.is_none_or(|(read, _)| read != *key));
            }
        }
    }
    // The segment was whole when it was sealed, so what is left at its end is damage too.
    survey.damaged += u64::from(walk.rest() > 0);
    Some(survey)
}

/// Caps were enforced at receipt, and the configuration may have been made stricter since.
const STORED: Limits = Limits {
    max_frame_bytes: usize::MAX,
    max_items: u64::MAX,
    max_depth: 256,
    max_inflated_bytes: usize::MAX - 1,
};

fn events(
    stored: &StoredPayload<'_>,
    index: &mut u64,
    take: &mut Taker<'_>,
) -> Result<(), Stopped> {
    let mut reader = PayloadReader {
        received_at_us: stored.received_at_us(),
        index,
        take,
    };
    match *stored {
        StoredPayload::Forward { frame, .. } => reader.forward(frame),
        StoredPayload::FaultyForward {
            limits,
            denied,
            frame,
            ..
        } => reader.faulty_forward(frame, &limits, denied),
        StoredPayload::Http {
            event_time_us,
            tag,
            body,
            ..
        } => {
            let none = Map::new();
            JsonItems::new(body).try_for_each(|item| {
                let event = item.map_err(|_| Unreadable)?;
                let posted = Posted {
                    record: event.record,
                    msgpack: false,
                    given: event_time_us,
                    extra: &none,
                };
                reader.give(tag, EventBody::Posted(posted))
            })
        }
        StoredPayload::HttpBody { head, body } => reader.body(&head, body),
    }
}

/// One message or body.
struct PayloadReader<'s, 't> {
    received_at_us: i64,
    index: &'s mut u64,
    take: &'s mut Taker<'t>,
}

impl PayloadReader<'_, '_> {
    fn give(&mut self, tag: &str, body: EventBody<'_>) -> Result<(), Stopped> {
        let event = Event {
            index: *self.index,
            tag,
            received_at_us: self.received_at_us,
            body,
        };
        *self.index += 1;
        match (self.take)(&event)? {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stopped::Enough),
        }
    }

    fn fault(
        &mut self,
        tag: &str,
        (code, error): (&'static str, &str),
        bytes: &[u8],
    ) -> Result<(), Stopped> {
        self.give(tag, EventBody::Fault { code, error, bytes })
    }

    fn forward(&mut self, frame: &[u8]) -> Result<(), Stopped> {
        let Frame::Message(message) = Frame::decode(frame, &STORED)? else {
            return Ok(());
        };
        for entry in message.entries() {
            let entry = entry?;
            let (time, record) = (entry.time, entry.record);
            self.give(message.tag, EventBody::Entry { time, record })?;
        }
        Ok(())
    }

    fn faulty_forward(
        &mut self,
        frame: &[u8],
        limits: &Limits,
        denied: bool,
    ) -> Result<(), Stopped> {
        let message = match Intake::read(frame, limits)? {
            Intake::Heartbeat => return Err(Stopped::Unreadable),
            Intake::Broken(broken) => {
                let tag = broken.tag.unwrap_or_default();
                let error = broken.error.to_string();
                return self.fault(tag, (broken.error.code(), &error), frame);
            }
            Intake::Message(message) => message,
        };
        let mut entries = message.entries();
        while let Some(found) = entries.next_or_fault() {
            match found {
                Ok(entry) if denied => {
                    // As text, so that it can be read in the quarantine.
                    let fields = Value::Object(read_record(entry.record)?);
                    let text = fields.to_string();
                    self.fault(message.tag, DENIED_TAG, text.as_bytes())?;
                }
                Ok(entry) => {
                    let (time, record) = (entry.time, entry.record);
                    self.give(message.tag, EventBody::Entry { time, record })?;
                }
                Err(fault) => {
                    let error = fault.error.to_string();
                    self.fault(message.tag, (fault.error.code(), &error), fault.bytes)?;
                }
            }
        }
        Ok(())
    }

    fn body(&mut self, head: &HttpHead<'_>, body: &[u8]) -> Result<(), Stopped> {
        let extra = match head.extra {
            None => Map::new(),
            Some(text) => serde_json::from_str(text).map_err(|_| Unreadable)?,
        };
        let mut item = |item: Item<'_>| match item {
            Ok(event) => {
                let own = event.time.and_then(EventTime::micros);
                let posted = Posted {
                    record: event.record,
                    msgpack: head.msgpack,
                    given: head.event_time_us.or(own),
                    extra: &extra,
                };
                self.give(head.tag, EventBody::Posted(posted))
            }
            Err(faulty) if head.faulty => {
                let reason = (faulty.fault.code, faulty.fault.error.as_str());
                self.fault(head.tag, reason, faulty.bytes)
            }
            Err(_) => Err(Stopped::Unreadable),
        };
        match head.msgpack {
            true => MsgPackItems::new(body).try_for_each(&mut item),
            false => JsonItems::new(body).try_for_each(&mut item),
        }
    }
}
