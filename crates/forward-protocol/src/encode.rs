//! A client's half: messages of all four modes. Each function returns one complete message.
//!
//! A `chunk` asks for an acknowledgement that repeats it; see [`crate::Ack::decode`].

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::event_time::EventTime;
use crate::packed::PackedEntries;
use crate::write::{array_header, bin, event_time, map_header, text, unsigned};

/// Message mode: one event. `record` is one MessagePack map.
pub fn message(tag: &str, time: EventTime, record: &[u8], chunk: Option<&str>) -> Vec<u8> {
    let mut out = Vec::with_capacity(record.len() + tag.len() + 64);
    array_header(&mut out, if chunk.is_some() { 4 } else { 3 });
    text(&mut out, tag);
    event_time(&mut out, time);
    out.extend_from_slice(record);
    if let Some(chunk) = chunk {
        map_header(&mut out, 1);
        text(&mut out, "chunk");
        text(&mut out, chunk);
    }
    out
}

/// Forward mode: the entries as an array.
pub fn forward(tag: &str, entries: &PackedEntries, chunk: Option<&str>) -> Vec<u8> {
    let mut out = start(tag, entries.as_bytes().len());
    array_header(&mut out, entries.count());
    out.extend_from_slice(entries.as_bytes());
    finish(out, entries.count(), chunk, None)
}

/// Packed forward mode: the entries as one string of bytes, which a receiver need not look into. The usual choice.
pub fn packed_forward(tag: &str, entries: &PackedEntries, chunk: Option<&str>) -> Vec<u8> {
    carried_forward(tag, (entries.as_bytes(), entries.count()), chunk, None)
}

/// Compressed packed forward mode: the same as gzip.
pub fn compressed_packed_forward(
    tag: &str,
    entries: &PackedEntries,
    chunk: Option<&str>,
) -> Vec<u8> {
    let compressed = gzip(entries.as_bytes());
    carried_forward(tag, (&compressed, entries.count()), chunk, Some("gzip"))
}

/// Entries back to back that were encoded, and possibly compressed, elsewhere; `compressed` says how.
pub fn carried_forward(
    tag: &str,
    (entries, count): (&[u8], u32),
    chunk: Option<&str>,
    compressed: Option<&str>,
) -> Vec<u8> {
    let mut out = start(tag, entries.len());
    bin(&mut out, entries);
    finish(out, count, chunk, compressed)
}

fn start(tag: &str, body: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(body + tag.len() + 96);
    array_header(&mut out, 3);
    text(&mut out, tag);
    out
}

fn finish(mut out: Vec<u8>, count: u32, chunk: Option<&str>, compressed: Option<&str>) -> Vec<u8> {
    map_header(
        &mut out,
        1 + u32::from(chunk.is_some()) + u32::from(compressed.is_some()),
    );
    text(&mut out, "size");
    unsigned(&mut out, u64::from(count));
    for (key, value) in [("chunk", chunk), ("compressed", compressed)] {
        if let Some(value) = value {
            text(&mut out, key);
            text(&mut out, value);
        }
    }
    out
}

/// Writing into a `Vec` does not fail; should it ever, the empty result is refused by the receiver, never misread.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .unwrap_or_default()
}
