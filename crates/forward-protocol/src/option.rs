//! The last element of a message: what the client wants done with it.

use crate::error::DecodeError;
use crate::reader::{Reader, Token};

/// The keys that mean something to a receiver; all others are ignored, as every implementation does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MessageOption<'a> {
    /// The chunk id as it stood on the wire, whatever its type: an ack repeats these bytes.
    pub chunk: Option<&'a [u8]>,
    /// The client's count of entries. A hint that some clients fill with bytes; nothing may rely on it.
    pub size: Option<u64>,
    /// The name under `compressed`. What the entries' first bytes say takes precedence; see [`crate::Message`].
    pub compressed: Option<&'a [u8]>,
    /// 0 logs, 1 metrics, 2 traces (version 1.5).
    pub signal: Option<u64>,
}

impl<'a> MessageOption<'a> {
    /// Reads a map or nil; old clients send nil.
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let mut option = Self::default();
        let pairs = match reader.token()? {
            Token::Nil => 0,
            Token::Map(pairs) => pairs,
            _ => return Err(DecodeError::BadOption),
        };
        for _ in 0..pairs {
            let key = Reader::new(reader.raw()?).token()?;
            let value = reader.raw()?;
            if let Token::Str(key) | Token::Bin(key) = key {
                option.set(key, value)?;
            }
        }
        Ok(option)
    }

    fn set(&mut self, key: &[u8], raw: &'a [u8]) -> Result<(), DecodeError> {
        let value = Reader::new(raw).token()?;
        match (key, value) {
            (b"chunk", Token::Nil) => self.chunk = None,
            (b"chunk", _) => self.chunk = Some(raw),
            (b"size", Token::UInt(size)) => self.size = Some(size),
            (b"fluent_signal", Token::UInt(signal)) => self.signal = Some(signal),
            (b"compressed", Token::Nil) => self.compressed = None,
            (b"compressed", Token::Str(name) | Token::Bin(name)) => self.compressed = Some(name),
            (b"compressed", _) => self.compressed = Some(raw),
            _ => {}
        }
        Ok(())
    }
}
