//! Postgres messages as they pass by: where each begins and ends, and the little of them that the door must know.

use std::io;

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::query::QueryError;

/// Kind and length of a message.
const HEADER: usize = 5;

/// Whole messages, one behind the other, as they came.
#[derive(Debug)]
pub(super) struct Messages {
    /// Their bytes, to be passed on as they are.
    pub(super) bytes: Bytes,
    /// Of each, its kind and its body.
    pub(super) each: Vec<(u8, Bytes)>,
}

impl Messages {
    /// Whether one of them is of that kind.
    pub(super) fn has(&self, wanted: u8) -> bool {
        self.each.iter().any(|(kind, _)| *kind == wanted)
    }
}

/// Reads whole messages. Reading may be cut off at any moment; what came is kept.
#[derive(Debug)]
pub(super) struct MessageReader<R> {
    source: R,
    buffer: BytesMut,
    longest: usize,
}

impl<R: AsyncRead + Unpin> MessageReader<R> {
    /// Messages of at most `longest` bytes.
    pub(super) fn new(source: R, longest: usize) -> Self {
        Self {
            source,
            buffer: BytesMut::new(),
            longest,
        }
    }

    /// What comes next; `None` = the other side has closed.
    pub(super) async fn next(&mut self) -> io::Result<Option<Messages>> {
        loop {
            if let Some(messages) = self.complete()? {
                return Ok(Some(messages));
            }
            if self.source.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        }
    }

    fn complete(&mut self) -> io::Result<Option<Messages>> {
        let mut ends = Vec::new();
        let mut at = 0;
        while let Some(header) = self.buffer.get(at..at + HEADER) {
            let (kind, mut length) = (header[0], &header[1..]);
            // The length counts itself and not the kind.
            let length = usize::try_from(length.get_u32()).unwrap_or(usize::MAX);
            if length < HEADER - 1 || length > self.longest {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "a message has an impossible length",
                ));
            }
            if self.buffer.len() < at + 1 + length {
                break;
            }
            ends.push((kind, at + HEADER, at + 1 + length));
            at += 1 + length;
        }
        if ends.is_empty() {
            return Ok(None);
        }
        let bytes = self.buffer.split_to(at).freeze();
        let each = ends
            .into_iter()
            .map(|(kind, from, to)| (kind, bytes.slice(from..to)));
        Ok(Some(Messages {
            each: each.collect(),
            bytes,
        }))
    }
}

/// The state in an error's body.
pub(super) fn sql_state(body: &[u8]) -> Option<&str> {
    let mut fields = body.split(|byte| *byte == 0);
    let field = fields.find(|field| field.first() == Some(&b'C'))?;
    std::str::from_utf8(field.get(1..)?).ok()
}

/// An error after which the connection ends.
pub(super) fn fatal(error: &QueryError) -> Bytes {
    let mut fields = BytesMut::new();
    for (kind, text) in [
        (b'S', "FATAL"),
        (b'V', "FATAL"),
        (b'C', error.sql_state()),
        (b'M', &error.to_string()),
    ] {
        fields.put_u8(kind);
        fields.put_slice(text.replace('\0', " ").as_bytes());
        fields.put_u8(0);
    }
    fields.put_u8(0);
    let mut message = BytesMut::new();
    message.put_u8(b'E');
    message.put_u32(u32::try_from(fields.len() + 4).unwrap_or(u32::MAX));
    message.put(fields);
    message.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_are_whole_however_they_come() {
        let stream: &[u8] = b"Q\0\0\0\x06a\0S\0\0\0\x04X\0\0\0\x09";
        let mut reader = MessageReader::new(stream, 100);
        let messages = reader.next().await.unwrap().unwrap();
        let kinds = messages.each.iter().map(|(k, b)| (*k, &b[..]));
        let expected = [(b'Q', &b"a\0"[..]), (b'S', &b""[..])];
        assert!(kinds.eq(expected), "{:?}", messages.each);
        assert!(
            reader.next().await.unwrap().is_none(),
            "the last one is not whole"
        );
    }

    #[tokio::test]
    async fn impossible_lengths_are_refused() {
        for stream in [
            &b"Q\0\0\0\x03aaaa"[..],
            b"Q\xff\xff\xff\xffaaaa",
            b"Q\0\0\0\x65",
        ] {
            let mut reader = MessageReader::new(stream, 100);
            assert!(reader.next().await.is_err(), "{stream:?}");
        }
    }

    #[test]
    fn an_error_carries_its_state() {
        let error = fatal(&QueryError::Cancelled);
        assert_eq!(sql_state(&error[HEADER..]), Some("57014"));
        assert_eq!(sql_state(b"garbage"), None);
    }
}
