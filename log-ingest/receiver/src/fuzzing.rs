//! One function for each parser of outside bytes. The targets in `fuzz/` call them, and tests replay the kept corpus,
//! changed in a fixed way, through the same functions.
//!
//! What is accepted is stored as the receiver would store it and read back: nothing of it may get lost on the way.

mod memory_disk;

use std::ops::ControlFlow;

use bytes::{Bytes, BytesMut};
use forward_protocol::Limits;
use uuid::Uuid;

use crate::buffer::{Header, HttpHead, Keying, Payload, encode_raw_record, encode_record, recover};
use crate::read::{Survey, read_segment};
use crate::receive::{CheckedMessage, Coding, Content, Next, Terms, Wire, check_body, check_now};
use crate::tag_pattern::TagSet;
use memory_disk::MemoryDisk;

const MAX_BYTES: usize = 1 << 20;
const LIMITS: Limits = Limits {
    max_frame_bytes: MAX_BYTES,
    max_items: 100_000,
    max_depth: 32,
    max_inflated_bytes: MAX_BYTES,
};
const RECEIVED_AT: i64 = 1_700_000_000_000_000;

/// The body of a request: the first byte chooses the content type, the second the compression.
pub fn http_body(bytes: &[u8]) {
    let [content, coding, body @ ..] = bytes else {
        return;
    };
    let content = match content % 4 {
        0 => Content::Json,
        1 => Content::MsgPack,
        2 => Content::Form,
        _ => Content::Multipart {
            boundary: Some("b".to_owned()),
        },
    };
    let coding = match coding % 4 {
        0 => None,
        1 => Some(Coding::Gzip),
        2 => Some(Coding::Deflate),
        _ => Some(Coding::Zstd),
    };
    let body = match coding {
        None => Bytes::copy_from_slice(body),
        Some(coding) => match coding.inflate(body, MAX_BYTES) {
            Ok(body) => body,
            Err(_) => return,
        },
    };
    let Ok(events) = content.events(body, "") else {
        return;
    };
    let Ok(checked) = check_body(events) else {
        return;
    };
    let head = HttpHead {
        received_at_us: RECEIVED_AT,
        event_time_us: None,
        tag: "t",
        extra: Some("{\"added\":1}"),
        msgpack: checked.msgpack,
        faulty: !checked.faults.is_empty(),
    };
    let expected = checked.tally.all();
    comes_back(&Payload::http_body(&head, checked.body), expected);
}

/// What a forward connection delivers, in pieces whose size the first byte gives.
pub fn forward_stream(bytes: &[u8]) {
    let [piece, stream @ ..] = bytes else {
        return;
    };
    let pieces = frames(stream.chunks(usize::from(*piece) + 1));
    let whole = frames(std::iter::once(stream));
    assert_eq!(pieces, whole, "where the pieces end must not matter");
    for frame in whole {
        let terms = Terms {
            received_at_us: RECEIVED_AT,
            limits: LIMITS,
            keying: Keying::new(Uuid::nil()),
            json: false,
            denied: TagSet::default(),
        };
        let Ok(ControlFlow::Continue(checked)) = check_now(frame, &terms) else {
            continue;
        };
        let CheckedMessage { payload, tally, .. } = checked;
        comes_back(&payload, tally.all());
    }
}

fn frames<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Bytes> {
    let (mut wire, mut buffer, mut frames) = (Wire::default(), BytesMut::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            match wire.next(&mut buffer, &LIMITS) {
                Ok(Next::Frame { bytes, .. }) => frames.push(bytes),
                Ok(Next::More(_)) => break,
                Err(_) => return frames,
            }
        }
    }
    frames
}

/// The buffer's directory as a start finds it.
///
/// With an even first byte the rest is a segment file; otherwise it is records (length u16, kind u8, payload) that are
/// put into one with the checksums that belong to them.
pub fn segment(bytes: &[u8]) {
    let [form, rest @ ..] = bytes else {
        return;
    };
    let file = match form % 2 {
        0 => rest.to_vec(),
        _ => with_checksums(rest),
    };
    let disk = MemoryDisk::with(&Header::file_name(5), file);
    let first = disk.opened();
    let again = disk.opened();
    assert_eq!(
        first.segments, again.segments,
        "a second start finds the same"
    );
    assert_eq!(again.torn_bytes, 0, "what was torn is cut off once");
    for sealed in &first.segments {
        let bytes = disk.bytes(&sealed.name);
        let Some((_, records)) = Header::decode(&bytes) else {
            continue;
        };
        let (survey, _) = read(records);
        assert!(survey.chunks.len() <= first.chunks.len());
    }
}

impl MemoryDisk {
    fn opened(&self) -> crate::buffer::Recovered {
        recover(self).unwrap_or_default()
    }
}

fn with_checksums(mut rest: &[u8]) -> Vec<u8> {
    let mut file = header();
    while let Some(([low, high, kind], behind)) = rest.split_first_chunk::<3>() {
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(behind.len());
        let (payload, next) = behind.split_at(length);
        encode_raw_record(&mut file, *kind, [payload, &[]]);
        rest = next;
    }
    file
}

fn header() -> Vec<u8> {
    Header {
        buffer_id: Uuid::nil(),
        seq: 5,
        created_at_us: RECEIVED_AT,
    }
    .encode()
}

/// Stores it and reads it back: that many events and faults must come.
fn comes_back(payload: &Payload, expected: u64) {
    let mut records = Vec::new();
    encode_record(&mut records, payload);
    let (survey, found) = read(&records);
    assert_eq!((survey.damaged, found), (0, expected));
}

fn read(records: &[u8]) -> (Survey, u64) {
    let (mut events, mut replaced) = (0, 0);
    let survey = read_segment(records, |_| false, &mut |event| {
        event.record(&mut replaced)?;
        events += 1;
        Ok(ControlFlow::Continue(()))
    });
    (survey.unwrap_or_default(), events)
}

#[cfg(test)]
mod tests;
