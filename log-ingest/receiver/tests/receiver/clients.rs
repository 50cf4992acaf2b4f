//! Just enough of a forward client and an HTTP client, over plain sockets, so that every byte is the test's own.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use forward_protocol::{Ack, EventTime, PackedEntries};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Nothing takes this long; a test that waits for what never comes should say so.
const PATIENCE: Duration = Duration::from_secs(60);

/// A forward connection.
pub(crate) struct Forward {
    pub(crate) stream: TcpStream,
    received: Vec<u8>,
}

impl Forward {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.unwrap())
    }

    pub(crate) fn over(stream: TcpStream) -> Self {
        Self {
            stream,
            received: Vec::new(),
        }
    }

    /// False once the other side has closed.
    pub(crate) async fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// The next ack's chunk as MessagePack, or `None` once the other side has closed without one.
    pub(crate) async fn ack(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some((ack, length)) = Ack::decode(&self.received).unwrap() {
                let chunk = ack.chunk.to_vec();
                self.received.drain(..length);
                return Some(chunk);
            }
            // A reset is a close as well.
            let read = self.stream.read_buf(&mut self.received);
            match tokio::time::timeout(PATIENCE, read).await.unwrap() {
                Ok(count) if count > 0 => {}
                _ => return None,
            }
        }
    }
}

/// Entries with `{"id": …}` from a range.
pub(crate) fn entries(ids: std::ops::Range<u64>) -> PackedEntries {
    let mut entries = PackedEntries::new();
    for id in ids {
        let record = json!({"id": id, "text": "some text of an event"});
        entries.push(
            EventTime::from_micros(1_700_000_000_000_000),
            record.as_object().unwrap(),
        );
    }
    entries
}

/// The `id` fields in the order of the records.
pub(crate) fn ids<'a>(records: impl IntoIterator<Item = &'a log_receiver::Record>) -> Vec<u64> {
    records
        .into_iter()
        .map(|record| record.fields.get("id").and_then(Value::as_u64).unwrap())
        .collect()
}

/// An HTTP answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// One request on a connection of its own. `head` is the request line without version, then header lines.
pub(crate) async fn request(address: SocketAddr, head: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (line, headers) = head.split_once('\n').unwrap_or((head, ""));
    let mut bytes = format!("{line} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n").into_bytes();
    for header in headers.lines() {
        bytes.extend_from_slice(format!("{header}\r\n").as_bytes());
    }
    bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(body);
    // A server that refuses early may close while we still send.
    stream.write_all(&bytes).await.ok();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok();
    parse(&String::from_utf8(answer).unwrap())
}

fn parse(answer: &str) -> Answer {
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {answer:?}"));
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .unwrap()
        .parse()
        .unwrap();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| {
            let name = name.to_ascii_lowercase();
            (name, value.to_owned())
        });
    Answer {
        status,
        headers: headers.collect(),
        body: body.to_owned(),
    }
}
