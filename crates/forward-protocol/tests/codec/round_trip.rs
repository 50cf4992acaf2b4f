//! Whatever is encoded comes back, in each mode, whole or in pieces.

use forward_protocol::{
    Ack, DecodeError, EventTime, Frame, FrameScanner, Limits, Mode, PackedEntries, Scan, encode,
    write_record,
};
use serde_json::json;

use crate::random::Random;
use crate::{Kept, keep};

#[test]
fn every_mode_brings_back_what_went_in() {
    for seed in 0..60 {
        let mut random = Random(seed);
        let (entries, events) = random.entries();
        let chunk = (seed % 2 == 0).then_some("p8n9gmxTQVC8/nh2wlKKeQ==");
        let messages = [
            encode::forward("a.b", &entries, chunk),
            encode::packed_forward("a.b", &entries, chunk),
            encode::compressed_packed_forward("a.b", &entries, chunk),
        ];
        for message in messages {
            let kept = keep(&message, &Limits::default()).unwrap().unwrap();
            assert_eq!(kept.events, events, "seed {seed}");
            assert_eq!(kept.tag, "a.b");
            let id = kept.chunk.as_deref().map(|chunk| Ack { chunk });
            assert_eq!(
                id.is_some_and(|ack| ack.is_for("p8n9gmxTQVC8/nh2wlKKeQ==")),
                chunk.is_some()
            );
        }
    }
}

#[test]
fn message_mode_carries_one_event() {
    let mut record = Vec::new();
    write_record(&mut record, json!({"n": 1}).as_object().unwrap());
    for chunk in [None, Some("id")] {
        let bytes = encode::message(
            "t",
            EventTime::from_micros(1_500_000_000_000_001),
            &record,
            chunk,
        );
        let kept = keep(&bytes, &Limits::default()).unwrap().unwrap();
        assert_eq!(
            kept.events,
            [(Some(1_500_000_000_000_001), json!({"n": 1}))]
        );
        assert_eq!(kept.chunk.is_some(), chunk.is_some());
    }
}

#[test]
fn modes_are_told_apart() {
    let mut entries = PackedEntries::new();
    entries.push(EventTime::from_micros(1_000_000), &serde_json::Map::new());
    let cases = [
        (
            encode::message("t", EventTime::from_micros(1_000_000), &[0x80], None),
            Mode::Message,
        ),
        (encode::forward("t", &entries, None), Mode::Forward),
        (
            encode::packed_forward("t", &entries, None),
            Mode::PackedForward,
        ),
        (
            encode::compressed_packed_forward("t", &entries, None),
            Mode::CompressedPackedForward,
        ),
    ];
    for (bytes, mode) in cases {
        let Ok(Frame::Message(message)) = Frame::decode(&bytes, &Limits::default()) else {
            panic!("{mode:?}");
        };
        assert_eq!(message.mode, mode);
    }
}

#[test]
fn pipelined_messages_in_pieces_of_any_size_are_found_again() {
    let mut random = Random(7);
    let mut stream = Vec::new();
    let mut lengths = Vec::new();
    for index in 0..12 {
        let (entries, _) = random.entries();
        let message = match index % 3 {
            0 => encode::forward("t", &entries, Some("c")),
            1 => encode::packed_forward("t", &entries, None),
            _ => vec![0xc0],
        };
        lengths.push(message.len());
        stream.extend_from_slice(&message);
    }
    for piece in [1, 2, 7, 1000, usize::MAX] {
        assert_eq!(lengths_found(&stream, piece), lengths, "pieces of {piece}");
    }
}

/// Feeds the stream piece by piece as a socket would; an estimate of what is missing must never be too high.
fn lengths_found(stream: &[u8], piece: usize) -> Vec<usize> {
    let (mut scanner, mut start, mut end) = (FrameScanner::new(), 0, 0);
    let mut found = Vec::new();
    while start < stream.len() {
        match scanner
            .scan(stream.get(start..end).unwrap(), &Limits::default())
            .unwrap()
        {
            Scan::Complete(length) => {
                found.push(length);
                start += length;
            }
            Scan::Incomplete(least) => {
                assert!(
                    least > end - start && start + least <= stream.len(),
                    "asks for {least}"
                );
                end = end.saturating_add(piece).min(stream.len());
            }
        }
    }
    found
}

#[test]
fn acks_repeat_the_chunk_whatever_its_type() {
    for raw in [&b"\xa3abc"[..], b"\xa2a\n", b"\x07", b"\xc4\x02ab", b"\xa0"] {
        let mut out = Vec::new();
        Ack { chunk: raw }.encode(&mut out);
        let length = out.len();
        out.push(0x81);
        assert_eq!(Ack::decode(&out), Ok(Some((Ack { chunk: raw }, length))));
        for cut in 0..length {
            assert_eq!(Ack::decode(out.get(..cut).unwrap()), Ok(None));
        }
    }
    for (raw, json) in [
        (&b"\xa3abc"[..], r#"{"ack":"abc"}"#),
        (b"\x07", r#"{"ack":7}"#),
    ] {
        let mut out = Vec::new();
        Ack { chunk: raw }.encode_json(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), json);
    }
    assert_eq!(Ack::decode(b"\x80"), Err(DecodeError::BadAck));
    assert_eq!(Ack::decode(b"\xc0"), Err(DecodeError::BadAck));
}

#[test]
fn what_json_cannot_hold_stays_readable() {
    let record = b"\x86\xa1a\xa1\xff\xa1b\xc4\x02hi\xa1c\xd4\x05\xab\x07\xc3\xa1d\xcb\x7f\xf8\0\0\0\0\0\0\xa1e\xff";
    let message = [&b"\x93\xa1t\x01"[..], record].concat();
    let Kept { events, .. } = keep(&message, &Limits::default()).unwrap().unwrap();
    let expected =
        json!({"a": "\u{fffd}", "b": "hi", "c": [5, "ab"], "7": true, "d": "NaN", "e": -1});
    assert_eq!(events, [(Some(1_000_000), expected)]);
    let twice = [&b"\x93\xa1t\x01"[..], b"\x82\xa1a\x01\xa1a\x02"].concat();
    let Kept { events, .. } = keep(&twice, &Limits::default()).unwrap().unwrap();
    assert_eq!(
        events.first().map(|(_, record)| record.clone()),
        Some(json!({"a": 2}))
    );
}
