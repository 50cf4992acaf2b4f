//! Every form of time that a client was seen to send.

use super::{EventTime, NotATime};
use crate::reader::{Reader, Token};

type Found = Result<Option<EventTime>, NotATime>;
type Case<'a> = (&'a str, &'a [u8], Found);

fn read(bytes: &[u8]) -> Found {
    let mut reader = Reader::new(bytes);
    let token = reader.token().unwrap_or(Token::Bool(false));
    EventTime::from_token(token)
}

const fn at(seconds: i64, nanoseconds: u32) -> Found {
    Ok(Some(EventTime {
        seconds,
        nanoseconds,
    }))
}

#[test]
fn reads_every_form_of_time() {
    for (name, bytes, expected) in CASES {
        assert_eq!(&read(bytes), expected, "{name}");
    }
}

const CASES: &[Case<'_>] = &[
    (
        "fixext8",
        &[0xd7, 0, 0x59, 0x68, 0x2f, 0, 0, 0, 0, 7],
        at(1_500_000_000, 7),
    ),
    (
        "ext8",
        &[0xc7, 8, 0, 0x59, 0x68, 0x2f, 0, 0, 0, 0, 7],
        at(1_500_000_000, 7),
    ),
    (
        "nanoseconds of a second and more carry",
        &[0xd7, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff],
        at(5, 294_967_295),
    ),
    ("uint32", &[0xce, 0x59, 0x68, 0x2f, 0], at(1_500_000_000, 0)),
    (
        "int32 of the Go library",
        &[0xd2, 0x59, 0x68, 0x2f, 0],
        at(1_500_000_000, 0),
    ),
    ("negative", &[0xff], at(-1, 0)),
    ("zero is unknown", &[0], Ok(None)),
    ("nil is unknown", &[0xc0], Ok(None)),
    (
        "float",
        &[0xcb, 0x41, 0xd6, 0x5a, 0x0b, 0xc0, 0x20, 0, 0],
        at(1_500_000_000, 500_000_000),
    ),
    (
        "float infinity",
        &[0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0],
        Err(NotATime),
    ),
    (
        "timestamp 32",
        &[0xd6, 0xff, 0x59, 0x68, 0x2f, 0],
        at(1_500_000_000, 0),
    ),
    (
        "timestamp 64",
        &[0xd7, 0xff, 0, 0, 0, 4, 0x59, 0x68, 0x2f, 0],
        at(1_500_000_000, 1),
    ),
    (
        "timestamp 96",
        &[0xc7, 12, 0xff, 0, 0, 0, 9, 0, 0, 0, 0, 0x59, 0x68, 0x2f, 0],
        at(1_500_000_000, 9),
    ),
    (
        "eventtime of four bytes",
        &[0xd6, 0, 0, 0, 0, 1],
        Err(NotATime),
    ),
    ("text", &[0xa1, b'1'], Err(NotATime)),
    (
        "uint64 beyond int64",
        &[0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        Err(NotATime),
    ),
];

#[test]
fn micros_go_there_and_back() {
    for micros in [0, 1, -1, 999_999, 1_700_000_000_123_456, -5_000_001] {
        assert_eq!(EventTime::from_micros(micros).micros(), Some(micros));
    }
    assert_eq!(
        EventTime {
            seconds: i64::MAX,
            nanoseconds: 0
        }
        .micros(),
        None
    );
}
