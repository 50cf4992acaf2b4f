//! Just enough HTTP/1.1 for a load generator: keep-alive, bodies with a length, nothing allocated twice.
//!
//! A full client and server would take more of the processor than the program that is measured.

use std::io::{Error, ErrorKind, Result};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// The first line with the headers, and the body.
type Message<'a> = (&'a [u8], &'a [u8]);

/// One connection, either side.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Bytes at the front of the buffer that the last message used.
    used: usize,
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
            used: 0,
        })
    }

    pub(super) async fn send(&mut self, message: &[u8]) -> Result<()> {
        self.stream.write_all(message).await
    }

    /// The next message; `None` = closed between messages.
    pub(super) async fn receive(&mut self) -> Result<Option<Message<'_>>> {
        self.buffer.drain(..self.used);
        self.used = 0;
        let head = loop {
            if let Some(at) = find(&self.buffer, END_OF_HEAD) {
                break at + END_OF_HEAD.len();
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return closed(&self.buffer);
            }
        };
        let end = head + content_length(self.buffer.get(..head).unwrap_or_default())?;
        while self.buffer.len() < end {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return closed(&self.buffer);
            }
        }
        self.used = end;
        let message = self.buffer.get(..end).unwrap_or_default();
        Ok(message.split_at_checked(head))
    }
}

fn closed<'a>(rest: &[u8]) -> Result<Option<Message<'a>>> {
    if rest.is_empty() {
        return Ok(None);
    }
    Err(Error::new(
        ErrorKind::UnexpectedEof,
        "closed inside a message",
    ))
}

/// Where the needle begins.
pub(super) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

fn content_length(head: &[u8]) -> Result<usize> {
    let text =
        std::str::from_utf8(head).map_err(|error| Error::new(ErrorKind::InvalidData, error))?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    length.ok_or_else(|| Error::new(ErrorKind::InvalidData, format!("no length: {text}")))
}

/// A POST of JSON, ready to be sent.
pub(super) fn post(path: &str, body: &[u8]) -> Vec<u8> {
    let mut message = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    message.extend_from_slice(body);
    message
}

#[cfg(test)]
mod tests {
    use super::{content_length, find};

    #[test]
    fn reads_the_length_whatever_its_case() {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n";
        assert_eq!(content_length(head).unwrap(), 12);
        assert!(content_length(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }

    #[test]
    fn finds_the_first_place() {
        assert_eq!(find(b"abcabc", b"bc"), Some(1));
        assert_eq!(find(b"abc", b"cd"), None);
    }
}
