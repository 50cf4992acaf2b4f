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

#[test]
fn any_flipped_bit_costs_at_most_the_record_it_is_in() {
    let all = [
        "{\"a\":1}",
        "{\"b\":\"twenty bytes\"}",
        "{\"c\":3}",
        "{\"d\":4}",
    ];
    let (bytes, ends) = segment(&all);
    for bit in HEADER_BYTES * 8..ends[3] * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let hit = ends.iter().filter(|end| **end <= bit / 8).count() - 1;
        let left: Vec<_> = (0..4).filter(|n| *n != hit).map(|n| all[n]).collect();
        let (found, damaged, tail) = bodies(&flipped);
        assert_eq!(
            (found.as_slice(), damaged, tail),
            (
                left.iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .as_slice(),
                1,
                0
            ),
            "bit {bit}"
        );
    }
}

#[test]
fn two_damaged_records_in_a_row_and_lost_bytes_do_not_hide_the_rest() {
    let all = ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}", "{\"d\":4}"];
    let (mut bytes, ends) = segment(&all);
    bytes[ends[1] + 2] ^= 1;
    bytes[ends[2] + 2] ^= 1;
    assert_eq!(bodies(&bytes), (vec![all[0].into(), all[3].into()], 1, 0));
    let (mut bytes, ends) = segment(&all);
    bytes.drain(ends[1] + 3..ends[2] + 5);
    assert_eq!(bodies(&bytes), (vec![all[0].into(), all[3].into()], 1, 0));
}

#[test]
fn bytes_that_look_like_many_records_are_given_up_in_time() {
    let (mut bytes, _) = segment(&[]);
    // Each of these claims to be a long record of a known kind.
    let fake = [0, 0, 1, 0, 9, 9, 9, 9, 1];
    bytes.extend(fake.iter().cycle().take(300_000));
    assert_eq!(bodies(&bytes), (Vec::new(), 0, 300_000));
}
