//! The format survives cutting and bit flips as far as anything can.

use bytes::Bytes;
use uuid::Uuid;

use super::{HEADER_BYTES, Header, Step, Walk, encode_record};
use crate::buffer::payload::{Payload, StoredPayload};

fn segment(bodies: &[&'static str]) -> (Vec<u8>, Vec<usize>) {
    let header = Header {
        buffer_id: Uuid::from_u128(7),
        seq: 3,
        created_at_us: 11,
    };
    let mut out = header.encode();
    let mut ends = vec![out.len()];
    for body in bodies {
        let payload = Payload::http(5, None, "t", Bytes::from_static(body.as_bytes()));
        encode_record(&mut out, &payload);
        ends.push(out.len());
    }
    (out, ends)
}

fn bodies(bytes: &[u8]) -> (Vec<String>, usize, usize) {
    let Some((_, records)) = Header::decode(bytes) else {
        return (Vec::new(), 0, bytes.len());
    };
    let mut walk = Walk::new(records);
    let (mut found, mut damaged) = (Vec::new(), 0);
    for step in walk.by_ref() {
        match step {
            Step::Damaged { .. } => damaged += 1,
            Step::Record { kind, payload } => match StoredPayload::read(kind, payload) {
                Some(StoredPayload::Http {
                    tag: "t",
                    received_at_us: 5,
                    event_time_us: None,
                    body,
                }) => {
                    found.push(String::from_utf8_lossy(body).into_owned());
                }
                other => panic!("{other:?}"),
            },
        }
    }
    (found, damaged, walk.rest())
}

#[test]
fn header_round_trips_and_any_flipped_bit_is_noticed() {
    let (bytes, _) = segment(&[]);
    assert_eq!(bytes.len(), HEADER_BYTES);
    let (header, rest) = Header::decode(&bytes).unwrap();
    assert_eq!((header.seq, header.created_at_us, rest.len()), (3, 11, 0));
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(Header::decode(&damaged).is_none(), "bit {bit}");
    }
}

#[test]
fn a_file_cut_at_any_byte_keeps_the_whole_records_before_the_cut() {
    let all = ["{\"a\":1}", "", "{\"b\":\"twenty bytes\"}"];
    let (bytes, ends) = segment(&all);
    for cut in 0..=bytes.len() {
        let whole = ends
            .iter()
            .filter(|end| **end <= cut)
            .count()
            .saturating_sub(1);
        let (found, damaged, tail) = bodies(&bytes[..cut]);
        assert_eq!(found, all[..whole], "cut at {cut}");
        assert_eq!(damaged, 0);
        let kept = if cut < HEADER_BYTES { 0 } else { ends[whole] };
        assert_eq!(tail, cut - kept, "cut at {cut}");
    }
}

#[test]
fn a_flipped_payload_bit_costs_one_record_and_zeros_are_no_records() {
    let (mut bytes, ends) = segment(&["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"]);
    bytes[ends[2] - 1] ^= 4;
    bytes.extend_from_slice(&[0; 100]);
    let (found, damaged, tail) = bodies(&bytes);
    assert_eq!(found, ["{\"a\":1}", "{\"c\":3}"]);
    assert_eq!((damaged, tail), (1, 100));
}
