//! Messages as JSON text, which Fluentd takes on the same port: where each ends, and the same as MessagePack.

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::Deserializer;

use crate::error::DecodeError;
use crate::limits::Limits;
use crate::scan::Scan;
use crate::write;

/// Finds the end of the next JSON array or object in a growing buffer, each byte looked at once.
#[derive(Debug, Clone, Default)]
pub struct JsonScanner {
    position: usize,
    depth: usize,
    in_text: bool,
    escaped: bool,
}

impl JsonScanner {
    /// A scanner at the start of a value.
    pub fn new() -> Self {
        Self::default()
    }

    /// As [`crate::FrameScanner::scan`]; the buffer must not begin with white space.
    ///
    /// # Errors
    /// The caps of `limits`, and a value that is neither array nor object.
    pub fn scan(&mut self, buffer: &[u8], limits: &Limits) -> Result<Scan, DecodeError> {
        while let Some(byte) = buffer.get(self.position) {
            self.position += 1;
            if self.position > limits.max_frame_bytes {
                let limit = limits.max_frame_bytes;
                return Err(DecodeError::FrameTooLarge { limit });
            }
            self.step(*byte, limits)?;
            if self.depth == 0 {
                let length = self.position;
                *self = Self::default();
                return Ok(Scan::Complete(length));
            }
        }
        Ok(Scan::Incomplete(buffer.len().saturating_add(1)))
    }

    fn step(&mut self, byte: u8, limits: &Limits) -> Result<(), DecodeError> {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.in_text => self.escaped = true,
            b'"' if self.depth > 0 => self.in_text = !self.in_text,
            _ if self.in_text => {}
            b'[' | b'{' if self.depth >= limits.max_depth => {
                let limit = limits.max_depth;
                return Err(DecodeError::TooDeep { limit });
            }
            b'[' | b'{' => self.depth += 1,
            b']' | b'}' if self.depth > 0 => self.depth -= 1,
            _ if self.depth == 0 => {
                return Err(DecodeError::NotAMessage("an array is expected"));
            }
            _ => {}
        }
        Ok(())
    }
}

/// The same value as MessagePack. Nothing is built in between, so that it costs memory in proportion to the text.
///
/// # Errors
/// [`DecodeError::BadJson`] if the text is not exactly one JSON value.
pub fn json_to_msgpack(text: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut out = Vec::with_capacity(text.len());
    let mut source = Deserializer::from_slice(text);
    let written = Writer(&mut out).deserialize(&mut source);
    written
        .and_then(|()| source.end())
        .map_err(|error| DecodeError::BadJson(error.to_string()))?;
    Ok(out)
}

/// Appends whatever it is shown.
struct Writer<'a>(&'a mut Vec<u8>);

impl Writer<'_> {
    /// A header whose count is not known yet; returns where the count belongs.
    fn open(&mut self, marker: rmp::Marker) -> usize {
        self.0.push(marker.to_u8());
        let at = self.0.len();
        self.0.extend_from_slice(&[0; 4]);
        at
    }

    fn close(&mut self, at: usize, count: u32) {
        let places = self.0.iter_mut().skip(at);
        for (place, byte) in places.zip(count.to_be_bytes()) {
            *place = byte;
        }
    }
}

impl<'de> DeserializeSeed<'de> for Writer<'_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Writer<'_> {
    type Value = ();

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        write::nil(self.0);
        Ok(())
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        write::boolean(self.0, value);
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        write::unsigned(self.0, value);
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        write::signed(self.0, value);
        Ok(())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        write::float(self.0, value);
        Ok(())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        write::text(self.0, value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        let at = self.open(rmp::Marker::Array32);
        let mut count = 0;
        while items.next_element_seed(Writer(self.0))?.is_some() {
            count += 1;
        }
        self.close(at, count);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<(), A::Error> {
        let at = self.open(rmp::Marker::Map32);
        let mut count = 0;
        while fields.next_key_seed(Writer(self.0))?.is_some() {
            fields.next_value_seed(Writer(self.0))?;
            count += 1;
        }
        self.close(at, count);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{JsonScanner, json_to_msgpack};
    use crate::{DecodeError, Limits, Scan, read_record};

    #[test]
    fn finds_the_end_of_each_value_however_it_arrives() {
        let text = br#"["t",1,{"a":"]}\"[\\"}]{"b":[]}"#;
        for piece in [1, 3, 100] {
            let (mut scanner, mut lengths, mut start, mut end) = (JsonScanner::new(), vec![], 0, 0);
            while start < text.len() {
                match scanner.scan(text.get(start..end).unwrap(), &Limits::default()) {
                    Ok(Scan::Complete(length)) => {
                        lengths.push(length);
                        start += length;
                    }
                    Ok(Scan::Incomplete(_)) => end = (end + piece).min(text.len()),
                    Err(error) => panic!("{error}"),
                }
            }
            assert_eq!(lengths, [23, 8], "pieces of {piece}");
        }
    }

    #[test]
    fn caps_hold() {
        let limits = Limits {
            max_frame_bytes: 10,
            max_depth: 3,
            ..Limits::default()
        };
        let scan = |text: &[u8]| JsonScanner::new().scan(text, &limits);
        assert_eq!(scan(b"[[[["), Err(DecodeError::TooDeep { limit: 3 }));
        assert_eq!(
            scan(b"[\"aaaaaaaaaaaaaa"),
            Err(DecodeError::FrameTooLarge { limit: 10 })
        );
        assert!(matches!(scan(b"12"), Err(DecodeError::NotAMessage(_))));
    }

    #[test]
    fn brings_over_every_kind_of_value() {
        let text = r#"{"a":null,"b":[true,-1,2,2.5],"c":{"d":"\u00e9"},"a":1}"#;
        let record = read_record(&json_to_msgpack(text.as_bytes()).unwrap()).unwrap();
        let last_wins: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::Value::Object(record), last_wins);
        for bad in ["", "[1", "[1] 2", "nope", "\"\\ud800\""] {
            assert!(json_to_msgpack(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
