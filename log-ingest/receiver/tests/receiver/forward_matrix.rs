//! The table of docs/forward-protocol.md that says what becomes of each kind of input, over a socket.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use log_receiver::Record;

use crate::clients::Forward;
use crate::setup::{settings, start};

/// `[time 1, {"a": 1}]`
const ENTRY: &[u8] = b"\x92\x01\x81\xa1a\x01";
const CHUNK: &[u8] = b"\x81\xa5chunk\xa1c";
const GZIP: &[u8] = b"\x82\xa5chunk\xa1c\xaacompressed\xa4gzip";

/// What a client sees, and what lands: the number of events, and the faults.
enum Then {
    /// The ack; the connection goes on.
    Ack(usize, &'static [&'static str]),
    /// Nothing, since no ack was asked for; the connection goes on.
    Silence(usize, &'static [&'static str]),
    /// The end of the connection, and nothing kept.
    Close,
}

type Case = (&'static str, Vec<u8>, Then);

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A packed message whose entries are `str` with a 32-bit length, the way Fluentd writes them.
fn packed(body: &[u8], option: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [b"\x93\xa1t\xdb", &length[..], body, option].concat()
}

fn message(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

#[expect(clippy::too_many_lines, reason = "a table, read line by line")]
fn records_and_tags() -> Vec<Case> {
    use Then::{Ack, Close, Silence};
    vec![
        (
            "record nil",
            message(&[b"\x94\xa1t\x01\xc0", CHUNK]),
            Ack(0, &["bad_record"]),
        ),
        (
            "record array",
            message(&[b"\x94\xa1t\x01\x90", CHUNK]),
            Ack(0, &["bad_record"]),
        ),
        (
            "record nil, no chunk",
            b"\x93\xa1t\x01\xc0".to_vec(),
            Silence(0, &["bad_record"]),
        ),
        (
            "empty record",
            message(&[b"\x94\xa1t\x01\x80", CHUNK]),
            Ack(1, &[]),
        ),
        ("two elements", b"\x92\xa1t\x01".to_vec(), Close),
        ("no elements", b"\x90".to_vec(), Close),
        ("tag alone", b"\x91\xa1t".to_vec(), Close),
        ("option text", b"\x94\xa1t\x01\x80\xa1x".to_vec(), Close),
        (
            "option nil",
            b"\x94\xa1t\x01\x80\xc0".to_vec(),
            Silence(1, &[]),
        ),
        (
            "tag empty",
            message(&[b"\x94\xa0\x01\x80", CHUNK]),
            Ack(1, &[]),
        ),
        (
            "tag bin",
            message(&[b"\x94\xc4\x01t\x01\x80", CHUNK]),
            Ack(1, &[]),
        ),
        (
            "tag nil",
            message(&[b"\x94\xc0\x01\x80", CHUNK]),
            Ack(0, &["bad_tag"]),
        ),
        (
            "tag int",
            message(&[b"\x94\x05\x01\x80", CHUNK]),
            Ack(0, &["bad_tag"]),
        ),
        (
            "tag not UTF-8",
            message(&[b"\x94\xa1\xff\x01\x80", CHUNK]),
            Ack(0, &["bad_tag"]),
        ),
        (
            "text not UTF-8",
            message(&[b"\x94\xa1t\x01\x81\xa1a\xa1\xff", CHUNK]),
            Ack(1, &[]),
        ),
        (
            "time float",
            message(&[b"\x94\xa1t\xcb\x41\xd9\x55\x55\x55\x55\x55\x55\x80", CHUNK]),
            Ack(1, &[]),
        ),
        (
            "time nil",
            message(&[b"\x94\xa1t\xc0\x80", CHUNK]),
            Ack(1, &[]),
        ),
        (
            "time int32",
            message(&[b"\x94\xa1t\xd2\x65\x53\xf1\x00\x80", CHUNK]),
            Ack(1, &[]),
        ),
        (
            "time negative",
            message(&[b"\x94\xa1t\xff\x80", CHUNK]),
            Ack(1, &[]),
        ),
        (
            "time ext8",
            message(&[b"\x94\xa1t\xc7\x08\0\x65\x53\xf1\0\0\0\0\0\x80", CHUNK]),
            Ack(1, &[]),
        ),
        (
            "time timestamp",
            message(&[b"\x94\xa1t\xd6\xff\x65\x53\xf1\0\x80", CHUNK]),
            Ack(1, &[]),
        ),
        (
            "time true",
            message(&[b"\x94\xa1t\xc3\x80", CHUNK]),
            Ack(0, &["bad_time"]),
        ),
        (
            "time text",
            message(&[b"\x94\xa1t\xaa1500000000\x80", CHUNK]),
            Close,
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table, read line by line")]
fn entries() -> Vec<Case> {
    use Then::{Ack, Close, Silence};
    let two = [ENTRY, ENTRY].concat();
    let zipped = gzip(&two);
    let garbage = [&two[..], b"\xc1"].concat();
    let bomb = gzip(&vec![0; 40_000]);
    vec![
        (
            "a bad entry in the middle",
            message(&[b"\x93\xa1t\x93", ENTRY, b"\x05", ENTRY, CHUNK]),
            Ack(2, &["bad_entry"]),
        ),
        (
            "entry of three",
            message(&[b"\x93\xa1t\x92\x93\x01\x80\x80", ENTRY, CHUNK]),
            Ack(1, &["bad_entry"]),
        ),
        (
            "no entries",
            message(&[b"\x93\xa1t\x90", CHUNK]),
            Ack(0, &[]),
        ),
        ("no packed entries", packed(b"", CHUNK), Ack(0, &[])),
        (
            "packed cut off",
            packed(&two[..8], CHUNK),
            Ack(1, &["truncated"]),
        ),
        (
            "packed and garbage",
            packed(&garbage, CHUNK),
            Ack(2, &["reserved_byte"]),
        ),
        (
            "broken chunk",
            packed(b"broken string", CHUNK),
            Ack(0, &["bad_entry"; 13]),
        ),
        (
            // The map is the record of an event at second 10.
            "an int for the entries",
            message(&[b"\x93\xa1t\x0a", CHUNK]),
            Silence(1, &[]),
        ),
        ("gzip", packed(&zipped, GZIP), Ack(2, &[])),
        (
            "gzip cut off",
            packed(&zipped[..zipped.len() - 9], GZIP),
            Ack(0, &["bad_gzip"]),
        ),
        (
            "gzip and garbage",
            packed(&[&zipped[..], b"x"].concat(), GZIP),
            Ack(0, &["bad_gzip"]),
        ),
        ("flag, but not gzip", packed(&two, GZIP), Ack(2, &[])),
        ("gzip without the flag", packed(&zipped, CHUNK), Ack(2, &[])),
        (
            "gzip bomb",
            packed(&bomb, GZIP),
            // Nobody could land it from the quarantine either.
            Close,
        ),
        (
            "unknown compression",
            packed(&two, b"\x82\xa5chunk\xa1c\xaacompressed\xa3lz4"),
            Ack(0, &["unsupported_compression"]),
        ),
        (
            "wrong size",
            packed(&two, b"\x82\xa5chunk\xa1c\xa4size\xcd\xff\xff"),
            Ack(2, &[]),
        ),
        ("not MessagePack", b"\xc1".to_vec(), Close),
        (
            "an HTTP request",
            b"GET / HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(),
            Close,
        ),
        (
            "four billion items",
            b"\xdd\xff\xff\xff\xff".to_vec(),
            Close,
        ),
        (
            "four billion bytes",
            b"\xdb\xff\xff\xff\xff".to_vec(),
            Close,
        ),
        ("very deep", vec![0x91; 100], Close),
    ]
}

async fn check((name, bytes, then): Case) {
    let mut file = settings();
    file.forward.max_inflated_bytes = 20_000;
    let (receiver, _directory) = start(file).await;
    let mut client = Forward::connect(receiver.forward).await;
    client.send(&bytes).await;
    let (events, faults) = match then {
        Then::Ack(events, faults) => {
            assert_eq!(client.ack().await, Some(b"\xa1c".to_vec()), "{name}");
            (Some(events), faults)
        }
        Then::Silence(events, faults) => (Some(events), faults),
        Then::Close => {
            assert_eq!(client.ack().await, None, "{name}");
            assert_eq!(
                receiver.sum("log_ingest_rejected_events_total", "forward"),
                1,
                "{name}"
            );
            (None, &[][..])
        }
    };
    if events.is_some() {
        client.send(b"\x94\xa1k\x01\x80\x81\xa5chunk\xa1k").await;
        assert_eq!(
            client.ack().await,
            Some(b"\xa1k".to_vec()),
            "{name}: the connection"
        );
    }
    drop(client);
    landed(name, &receiver.stop().await.records(), events, faults);
}

fn landed(name: &str, records: &[Record], events: Option<usize>, faults: &[&str]) {
    let found: Vec<&str> = records.iter().filter_map(|record| record.fault).collect();
    assert_eq!(found, faults, "{name}");
    let expected = events.map_or(0, |events| events + 1);
    assert_eq!(records.len() - found.len(), expected, "{name}");
}

#[tokio::test]
async fn records_tags_and_times() {
    for case in records_and_tags() {
        check(case).await;
    }
}

#[tokio::test]
async fn entries_and_compression() {
    for case in entries() {
        check(case).await;
    }
}

#[tokio::test]
async fn what_is_no_event_is_kept_with_its_bytes() {
    let (receiver, _directory) = start(settings()).await;
    let mut client = Forward::connect(receiver.forward).await;
    client
        .send(&message(&[
            b"\x93\xa3a.b\x92",
            ENTRY,
            b"\x92\x01\xa3abc",
            CHUNK,
        ]))
        .await;
    client.send(b"\x93\xa3a.b\x01\x81\xa1x\xa2\xff\xfe").await;
    assert!(client.ack().await.is_some());
    let records = receiver.memory.wait_for(3).await;
    let fault = records.get(1).unwrap();
    let text = |name: &str| fault.fields.get(name).and_then(|value| value.as_str());
    assert_eq!(
        (fault.tag.as_str(), fault.fault),
        ("a.b", Some("bad_record"))
    );
    assert_eq!(text("error"), Some("entry 1: the record is not a map"));
    assert_eq!(text("base64"), Some("kgGjYWJj"));
    while receiver.metric("log_ingest_replaced_texts_total") != Some(1.0) {
        tokio::task::yield_now().await;
    }
    receiver.stop().await;
}
