//! The behaviour table of docs/forward-protocol.md, row by row.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use forward_protocol::{DecodeError, Intake, Limits};

use crate::keep;

/// `[time 1, {"a": 1}]`
const ENTRY: &[u8] = b"\x92\x01\x81\xa1a\x01";

/// What becomes of a message: how many events are kept, and whether there is a chunk to acknowledge; or the error.
type Outcome = Result<(usize, bool), DecodeError>;

/// A name, the message's bytes in one piece or several, or what was made of them, and what should have been.
type Bytes<'a> = (&'a str, &'a [u8], Outcome);
type Parts<'a> = (&'a str, &'a [&'a [u8]], Outcome);
type Found<'a> = (&'a str, Outcome, Outcome);

fn outcome(parts: &[&[u8]]) -> Outcome {
    let kept = keep(&parts.concat(), &Limits::default())?;
    Ok(kept.map_or((0, false), |kept| (kept.events.len(), kept.chunk.is_some())))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A packed message whose entries are `body`, as `str` with a 32-bit length, the way Fluentd writes them.
fn packed(body: &[u8], option: &[u8]) -> Outcome {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    outcome(&[b"\x93\xa1t\xdb", &length, body, option])
}

const CHUNK: &[u8] = b"\x81\xa5chunk\xa1c";
const ZSTD: &[u8] = b"\x81\xaacompressed\xa4zstd";
const GZIP: &[u8] = b"\x81\xaacompressed\xa4gzip";

#[test]
fn tags_and_shapes() {
    let not = |reason| Err(DecodeError::NotAMessage(reason));
    let elements = "wrong number of elements for its mode";
    let array = "an array of two to four elements is expected";
    let cases: &[Bytes<'_>] = &[
        ("heartbeat", b"\xc0", Ok((0, false))),
        ("empty tag", b"\x93\xa0\x01\x80", Ok((1, false))),
        ("bin tag", b"\x93\xc4\x01t\x01\x80", Ok((1, false))),
        ("nil tag", b"\x93\xc0\x01\x80", Err(DecodeError::BadTag)),
        ("int tag", b"\x93\x05\x01\x80", Err(DecodeError::BadTag)),
        (
            "tag that is not UTF-8",
            b"\x93\xa1\xff\x01\x80",
            Err(DecodeError::BadTag),
        ),
        ("empty array", b"\x90", not(array)),
        ("tag alone", b"\x91\xa1t", not(array)),
        ("tag and time", b"\x92\xa1t\x01", not(elements)),
        ("five elements", b"\x95\xa1t\x01\x80\x80\x80", not(array)),
        ("map", b"\x80", not("an array is expected")),
        (
            "an HTTP request",
            b"GET / HTTP/1.1\r\n",
            not("an array is expected"),
        ),
        ("JSON", b"[\"t\",1,{}]", not("an array is expected")),
        ("0xc1", b"\xc1", Err(DecodeError::ReservedByte)),
        ("time as text", b"\x94\xa1t\xa10\x80\x80", not(elements)),
    ];
    for (name, bytes, expected) in cases {
        assert_eq!(&outcome(&[bytes]), expected, "{name}");
    }
}

#[test]
fn message_mode() {
    let cases: &[Bytes<'_>] = &[
        ("empty record", b"\x93\xa1t\x01\x80", Ok((1, false))),
        (
            "nil record",
            b"\x93\xa1t\x01\xc0",
            Err(DecodeError::BadRecord { entry: 0 }),
        ),
        (
            "array record",
            b"\x93\xa1t\x01\x90",
            Err(DecodeError::BadRecord { entry: 0 }),
        ),
        ("nil time", b"\x93\xa1t\xc0\x80", Ok((1, false))),
        (
            "map as time",
            b"\x93\xa1t\x80\x80",
            Err(DecodeError::BadTime { entry: 0 }),
        ),
        ("nil option", b"\x94\xa1t\x01\x80\xc0", Ok((1, false))),
        ("empty option", b"\x94\xa1t\x01\x80\x80", Ok((1, false))),
        (
            "text as option",
            b"\x94\xa1t\x01\x80\xa1x",
            Err(DecodeError::BadOption),
        ),
        (
            "chunk",
            b"\x94\xa1t\x01\x80\x81\xa5chunk\xa1c",
            Ok((1, true)),
        ),
        (
            "chunk is an int",
            b"\x94\xa1t\x01\x80\x81\xa5chunk\x07",
            Ok((1, true)),
        ),
        (
            "chunk is nil",
            b"\x94\xa1t\x01\x80\x81\xa5chunk\xc0",
            Ok((1, false)),
        ),
        (
            "unknown option, nested",
            b"\x94\xa1t\x01\x80\x82\xa1x\x91\x80\xa5chunk\xa1c",
            Ok((1, true)),
        ),
    ];
    for (name, bytes, expected) in cases {
        assert_eq!(&outcome(&[bytes]), expected, "{name}");
    }
}

#[test]
fn forward_mode() {
    let meta: &[u8] = b"\x92\x92\xd7\0\0\0\0\x01\0\0\0\0\x80\x81\xa1a\x01";
    let v15_option = b"\xdf\0\0\0\x03\xa5chunk\xa1c\xa4size\x02\xadfluent_signal\0";
    let cases: &[Parts<'_>] = &[
        ("no entries", &[b"\x93\xa1t\x90", CHUNK], Ok((0, true))),
        (
            "two entries",
            &[b"\x92\xa1t\x92", ENTRY, ENTRY],
            Ok((2, false)),
        ),
        (
            "entries with metadata",
            &[b"\x93\xa1t\x92", meta, meta, v15_option],
            Ok((2, true)),
        ),
        (
            "size is wrong",
            &[b"\x93\xa1t\x91", ENTRY, b"\x81\xa4size\xcd\xff\xff"],
            Ok((1, false)),
        ),
        (
            "bad entry in the middle",
            &[b"\x93\xa1t\x93", ENTRY, b"\x05", ENTRY, CHUNK],
            Err(DecodeError::BadEntry { entry: 1 }),
        ),
        (
            "entry of three",
            &[b"\x92\xa1t\x91\x93\x01\x80\x80"],
            Err(DecodeError::BadEntry { entry: 0 }),
        ),
        (
            "metadata alone",
            &[b"\x92\xa1t\x91\x92\x91\x01\x80"],
            Err(DecodeError::BadEntry { entry: 0 }),
        ),
        (
            "record is text",
            &[b"\x92\xa1t\x91\x92\x01\xa1x"],
            Err(DecodeError::BadRecord { entry: 0 }),
        ),
        (
            "time is true",
            &[b"\x92\xa1t\x91\x92\xc3\x80"],
            Err(DecodeError::BadTime { entry: 0 }),
        ),
    ];
    for (name, parts, expected) in cases {
        assert_eq!(&outcome(parts), expected, "{name}");
    }
}

#[test]
fn packed_forward_mode() {
    let two = [ENTRY, ENTRY].concat();
    let bomb = gzip(&vec![0; 65 << 20]);
    let limit = Limits::default().max_inflated_bytes;
    let members = [gzip(ENTRY), gzip(ENTRY)].concat();
    let cut = gzip(&two);
    let cut = cut.get(..cut.len() - 9).unwrap();
    let cases: &[Found<'_>] = &[
        ("two entries", packed(&two, CHUNK), Ok((2, true))),
        ("no entries", packed(b"", CHUNK), Ok((0, true))),
        (
            "last entry cut off",
            packed(&two[..9], CHUNK),
            Err(DecodeError::Truncated),
        ),
        (
            "garbage behind",
            packed(&[&two[..], b"\xc1"].concat(), CHUNK),
            Err(DecodeError::ReservedByte),
        ),
        (
            "compressed text",
            packed(&two, b"\x81\xaacompressed\xa4text"),
            Ok((2, false)),
        ),
        ("gzip", packed(&gzip(&two), GZIP), Ok((2, false))),
        (
            "gzip of several members",
            packed(&members, GZIP),
            Ok((2, false)),
        ),
        (
            "gzip without the flag",
            packed(&gzip(&two), b"\xc0"),
            Ok((2, false)),
        ),
        ("gzip cut off", packed(cut, GZIP), Err(DecodeError::BadGzip)),
        ("flag without gzip", packed(&two, GZIP), Ok((2, false))),
        (
            "flag over garbage",
            packed(b"\xc1garbage", GZIP),
            Err(DecodeError::ReservedByte),
        ),
        (
            "gzip bomb",
            packed(&bomb, GZIP),
            Err(DecodeError::InflatedTooLarge { limit }),
        ),
    ];
    for (name, found, expected) in cases {
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn zstd_and_unknown_compression() {
    let two = [ENTRY, ENTRY].concat();
    let limit = Limits::default().max_inflated_bytes;
    let zstd = |bytes: &[u8]| zstd::bulk::compress(bytes, 1).unwrap();
    let frames = [zstd(ENTRY), zstd(ENTRY)].concat();
    let zstd_bomb = zstd(&vec![0; 65 << 20]);
    let cases: &[Found<'_>] = &[
        ("zstd", packed(&frames, ZSTD), Ok((2, false))),
        (
            "zstd without the flag",
            packed(&frames, b"\xc0"),
            Ok((2, false)),
        ),
        (
            "zstd cut off",
            packed(&frames[..frames.len() - 4], ZSTD),
            Err(DecodeError::BadZstd),
        ),
        (
            "zstd bomb",
            packed(&zstd_bomb, ZSTD),
            Err(DecodeError::InflatedTooLarge { limit }),
        ),
        (
            "unknown compression",
            packed(&two, b"\x81\xaacompressed\xa3lz4"),
            Err(DecodeError::UnsupportedCompression("lz4".to_owned())),
        ),
        (
            "gzip under an unknown name",
            packed(&gzip(&two), b"\x81\xaacompressed\xa3lz4"),
            Ok((2, false)),
        ),
    ];
    for (name, found, expected) in cases {
        assert_eq!(found, expected, "{name}");
    }
}

/// A message and the code of its fault.
type Coded<'a> = (&'a [u8], &'a str);
/// How many events, the codes of the faults with their bytes, and whether there is a chunk to acknowledge.
type Taken = Result<(usize, Vec<(&'static str, Vec<u8>)>, bool), &'static str>;

fn taken(parts: &[&[u8]]) -> Taken {
    let bytes = parts.concat();
    match Intake::read(&bytes, &Limits::default()).map_err(|error| error.code())? {
        Intake::Heartbeat => Ok((0, Vec::new(), false)),
        Intake::Broken(broken) => {
            let faults = vec![(broken.error.code(), bytes.clone())];
            Ok((0, faults, broken.option.chunk.is_some()))
        }
        Intake::Message(message) => {
            let mut entries = message.entries();
            let (mut events, mut faults) = (0, Vec::new());
            while let Some(found) = entries.next_or_fault() {
                match found {
                    Ok(_) => events += 1,
                    Err(fault) => faults.push((fault.error.code(), fault.bytes.to_vec())),
                }
            }
            Ok((events, faults, message.option.chunk.is_some()))
        }
    }
}

#[test]
fn what_is_no_event_is_told_apart_from_what_is() {
    let three = [&b"\x93\xa1t\x93"[..], ENTRY, b"\x92\x01\xc0", ENTRY, CHUNK].concat();
    assert_eq!(
        taken(&[&three]),
        Ok((2, vec![("bad_record", b"\x92\x01\xc0".to_vec())], true))
    );
    let cut = [&b"\x93\xa1t\xc4\x09"[..], ENTRY, &ENTRY[..3], CHUNK].concat();
    assert_eq!(
        taken(&[&cut]),
        Ok((1, vec![("truncated", ENTRY[..3].to_vec())], true))
    );
    let cases: &[Coded<'_>] = &[
        (b"\x94\xc0\x01\x80\x81\xa5chunk\xa1c", "bad_tag"),
        (b"\x94\xa1t\x01\xc0\x81\xa5chunk\xa1c", "bad_record"),
        (b"\x94\xa1t\xc3\x80\x81\xa5chunk\xa1c", "bad_time"),
        (
            b"\x93\xa1t\xa3abc\x82\xa5chunk\xa1c\xaacompressed\xa3lz4",
            "unsupported_compression",
        ),
        (b"\x93\xa1t\xa3\x1f\x8b\x08\x81\xa5chunk\xa1c", "bad_gzip"),
    ];
    for (bytes, code) in cases {
        assert_eq!(
            taken(&[bytes]),
            Ok((0, vec![(*code, bytes.to_vec())], true)),
            "{code}"
        );
    }
    let refused: &[Coded<'_>] = &[
        (b"\x90", "not_a_message"),
        (b"\x92\xa1t\x01", "not_a_message"),
        (b"\x92\xc0\x01", "not_a_message"),
        (b"\x94\xa1t\xa10\x80\x80", "not_a_message"),
        (b"\x94\xa1t\x01\x80\xa1x", "bad_option"),
    ];
    for (bytes, code) in refused {
        assert_eq!(taken(&[bytes]), Err(*code), "{bytes:x?}");
    }
}

#[test]
fn a_message_of_nothing_but_faults_does_not_make_one_of_each_byte() {
    let body = vec![0x05; 5000];
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let (events, faults, _) = taken(&[b"\x92\xa1t\xdb", &length, &body]).unwrap();
    assert_eq!((events, faults.len()), (0, 1001));
    let bytes: usize = faults.iter().map(|(_, bytes)| bytes.len()).sum();
    assert_eq!(bytes, 5000);
}
