//! The events of a body of JSON.

use super::json_check::CheckedValue;
use super::{Event, Fault, Faulty, Item, MAX_FAULTS, TextPosition};

/// Walks JSON.
#[derive(Debug)]
pub(crate) struct JsonItems<'a> {
    body: &'a [u8],
    at: usize,
    state: JsonState,
    event: u64,
    faults: u64,
    /// Start of a line, and its number; only faults move it on.
    line: (usize, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum JsonState {
    Start,
    Lines,
    /// Behind `[`.
    First,
    /// Behind an element.
    Next,
    End,
}

impl<'a> JsonItems<'a> {
    pub(crate) fn new(body: &'a [u8]) -> Self {
        // Some tools put a byte order mark in front.
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        Self {
            body,
            at: 0,
            state: JsonState::Start,
            event: 0,
            faults: 0,
            line: (0, 1),
        }
    }

    fn skip_white_space(&mut self) -> Option<u8> {
        let rest = self.body.get(self.at..).unwrap_or_default();
        let skip = rest
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        self.at += skip;
        rest.get(skip).copied()
    }

    fn value(&mut self) -> Item<'a> {
        let start = self.at;
        let rest = self.body.get(start..).unwrap_or_default();
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<CheckedValue>();
        let checked = values.next();
        let bytes = rest.get(..values.byte_offset()).unwrap_or_default();
        match checked {
            Some(Ok(_)) => {
                self.at += bytes.len();
                if bytes.first() == Some(&b'{') {
                    self.event += 1;
                    Ok(Event {
                        time: None,
                        record: bytes,
                    })
                } else {
                    let error = "an event is a JSON object";
                    Err(self.fault((start, start), "not_an_object", error, bytes))
                }
            }
            Some(Err(error)) => Err(self.broken(&error, rest)),
            None => Err(self.rest("a value is missing")),
        }
    }

    /// In lines, the next one may be good again; in an array nobody knows where the next element begins.
    fn broken(&mut self, error: &serde_json::Error, rest: &'a [u8]) -> Faulty<'a> {
        let start = self.at;
        let end = match self.state {
            JsonState::Lines => rest
                .iter()
                .position(|byte| *byte == b'\n')
                .unwrap_or(rest.len()),
            _ => rest.len(),
        };
        let bytes = rest.get(..end).unwrap_or_default();
        self.at += end;
        if self.state != JsonState::Lines {
            self.state = JsonState::End;
        }
        let text = error.to_string();
        let text = text
            .rsplit_once(" at line ")
            .map_or(text.as_str(), |(text, _)| text);
        let offset = offset_of(rest, error.line(), error.column());
        self.fault((start, start + offset), "bad_json", text, bytes)
    }

    /// `start` is where the bytes begin, `at` where the fault is.
    fn fault(
        &mut self,
        (start, at): (usize, usize),
        code: &'static str,
        error: &str,
        bytes: &'a [u8],
    ) -> Faulty<'a> {
        self.faults += 1;
        let bytes = if self.faults > MAX_FAULTS {
            self.state = JsonState::End;
            self.body.get(start..).unwrap_or_default()
        } else {
            bytes
        };
        let TextPosition { line, column } = self.position(at);
        let fault = Fault {
            event: self.event,
            code,
            error: format!("{error} at line {line} column {column}"),
            position: Some(TextPosition { line, column }),
        };
        self.event += 1;
        Faulty { fault, bytes }
    }

    /// Line and column, counted on from the last fault, or from the start if this one is before it.
    fn position(&mut self, at: usize) -> TextPosition {
        if at < self.line.0 {
            self.line = (0, 1);
        }
        let (start, _) = self.line;
        let between = self.body.get(start..at).unwrap_or_default();
        for (index, _) in between
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'\n')
        {
            self.line = (start + index + 1, self.line.1 + 1);
        }
        TextPosition {
            line: self.line.1,
            column: at - self.line.0 + 1,
        }
    }

    fn in_array(&mut self) -> Option<Item<'a>> {
        let start = self.at;
        let byte = self.skip_white_space();
        match (self.state, byte) {
            (_, Some(b']')) => {
                self.at += 1;
                self.state = JsonState::End;
                self.skip_white_space()?;
                Some(Err(self.rest("text behind the array")))
            }
            (JsonState::Next, Some(b',')) => {
                self.at += 1;
                self.skip_white_space();
                Some(self.value())
            }
            (JsonState::First, Some(_)) => {
                self.state = JsonState::Next;
                Some(self.value())
            }
            (_, None) => {
                self.at = start;
                Some(Err(self.rest("the array does not end")))
            }
            (_, Some(_)) => Some(Err(self.rest("expected `,` or `]`"))),
        }
    }

    fn rest(&mut self, error: &str) -> Faulty<'a> {
        self.state = JsonState::End;
        let rest = self.body.get(self.at..).unwrap_or_default();
        self.fault((self.at, self.at), "bad_json", error, rest)
    }
}

impl<'a> Iterator for JsonItems<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        match self.state {
            JsonState::End => None,
            JsonState::First | JsonState::Next => self.in_array(),
            JsonState::Lines => self.skip_white_space().map(|_| self.value()),
            JsonState::Start => match self.skip_white_space() {
                None => Some(Err(self.rest("the body is empty"))),
                Some(b'[') => {
                    self.at += 1;
                    self.state = JsonState::First;
                    self.in_array()
                }
                Some(b'{') => {
                    self.state = JsonState::Lines;
                    Some(self.value())
                }
                Some(_) => Some(Err(self.rest("the body must begin with [ or {"))),
            },
        }
    }
}

/// Bytes before the place that an error names.
fn offset_of(text: &[u8], line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive(|byte| *byte == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    (before + column.saturating_sub(1)).min(text.len())
}
