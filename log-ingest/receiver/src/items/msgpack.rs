//! The events of a body of MessagePack.

use forward_protocol::{Entry, FrameScanner, Limits, Reader, Scan, Token};

use super::{Event, Fault, Faulty, Item, MAX_FAULTS};

/// Walks MessagePack: maps one after another, or arrays of maps. `[time, map]`, as Fluent Bit's HTTP output writes it, is one event.
#[derive(Debug)]
pub(crate) struct MsgPackItems<'a> {
    rest: &'a [u8],
    /// Elements of an array that are still to come.
    elements: u32,
    event: u64,
    faults: u64,
    empty: bool,
}

/// The same at receipt and when landing, whatever the configuration is by then.
const MSGPACK_LIMITS: Limits = Limits {
    max_frame_bytes: usize::MAX,
    max_items: 4 << 20,
    max_depth: 64,
    max_inflated_bytes: 0,
};

impl<'a> MsgPackItems<'a> {
    pub(crate) fn new(body: &'a [u8]) -> Self {
        Self {
            rest: body,
            elements: 0,
            event: 0,
            faults: 0,
            empty: body.is_empty(),
        }
    }

    fn fault(&mut self, code: &'static str, error: String, bytes: &'a [u8]) -> Faulty<'a> {
        self.faults += 1;
        let fault = Fault {
            event: self.event,
            code,
            error,
            position: None,
        };
        self.event += 1;
        Faulty { fault, bytes }
    }

    /// After `MAX_FAULTS` faults, the rest counts as one more, as in JSON.
    fn value(&mut self) -> Item<'a> {
        let all = self.rest;
        let error = match FrameScanner::new().scan(all, &MSGPACK_LIMITS) {
            Ok(Scan::Complete(length)) => {
                let (value, rest) = all.split_at_checked(length).unwrap_or((all, &[]));
                self.rest = rest;
                self.elements = self.elements.saturating_sub(1);
                if let Some(event) = event_of(value) {
                    self.event += 1;
                    return Ok(event);
                }
                let error = "an event is a map".to_owned();
                let mut bytes = value;
                if self.faults >= MAX_FAULTS {
                    (bytes, self.rest, self.elements) = (all, &[], 0);
                }
                return Err(self.fault("not_an_object", error, bytes));
            }
            Ok(Scan::Incomplete(_)) => "a value is cut off".to_owned(),
            Err(error) => error.to_string(),
        };
        (self.rest, self.elements) = (&[], 0);
        Err(self.fault("bad_msgpack", error, all))
    }
}

/// A map, or `[time, map]`.
fn event_of(value: &[u8]) -> Option<Event<'_>> {
    match Reader::new(value).token().ok()? {
        Token::Map(_) => Some(Event {
            time: None,
            record: value,
        }),
        Token::Array(2) => {
            let Entry { time, record, .. } = Entry::read(value, 0).ok()?;
            Some(Event { time, record })
        }
        _ => None,
    }
}

/// Whether the first value is `[time, map]`. Only arrays of two are looked at as a whole.
fn begins_with_entry(bytes: &[u8]) -> bool {
    if !matches!(Reader::new(bytes).token(), Ok(Token::Array(2))) {
        return false;
    }
    match FrameScanner::new().scan(bytes, &MSGPACK_LIMITS) {
        Ok(Scan::Complete(length)) => bytes
            .get(..length)
            .is_some_and(|value| event_of(value).is_some()),
        _ => false,
    }
}

impl<'a> Iterator for MsgPackItems<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        if std::mem::take(&mut self.empty) {
            return Some(Err(self.fault(
                "bad_msgpack",
                "the body is empty".to_owned(),
                &[],
            )));
        }
        // An array's elements are the events; an array inside it is not an event.
        while self.elements == 0 {
            if self.rest.is_empty() {
                return None;
            }
            let mut reader = Reader::new(self.rest);
            match reader.token() {
                Ok(Token::Array(elements)) if !begins_with_entry(self.rest) => {
                    self.elements = elements;
                    self.rest = reader.rest();
                }
                _ => break,
            }
        }
        Some(self.value())
    }
}
