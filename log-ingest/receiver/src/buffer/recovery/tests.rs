//! Starts over directories that crashes left behind.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use uuid::Uuid;

use super::recover;
use crate::buffer::payload::Payload;
use crate::buffer::segment_file::{Header, encode_record};
use crate::buffer::storage::DiskStorage;

fn segment(seq: u64, bodies: &[&'static str]) -> Vec<u8> {
    let mut out = Header {
        buffer_id: Uuid::from_u128(1),
        seq,
        created_at_us: 0,
    }
    .encode();
    for body in bodies {
        encode_record(
            &mut out,
            &Payload::http(0, None, "t", Bytes::from_static(body.as_bytes())),
        );
    }
    out
}

fn write(directory: &Path, seq: u64, bytes: &[u8]) {
    fs::write(directory.join(Header::file_name(seq)), bytes).unwrap();
}

#[test]
fn a_segment_torn_at_any_byte_is_cut_back_to_whole_records() {
    let whole = segment(4, &["{\"a\":1}", "{\"b\":2}"]);
    let one = segment(4, &["{\"a\":1}"]).len();
    for cut in 0..=whole.len() {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), 4, &whole[..cut]);
        let storage = DiskStorage::open(directory.path()).unwrap();
        let recovered = recover(&storage).unwrap();
        let keeps = [whole.len(), one]
            .into_iter()
            .find(|length| *length <= cut)
            .unwrap_or(0);
        let lengths: Vec<u64> = recovered
            .segments
            .iter()
            .map(|segment| segment.length)
            .collect();
        let file = directory.path().join(Header::file_name(4));
        if keeps == 0 {
            assert!(lengths.is_empty() && !file.exists(), "cut at {cut}");
        } else {
            assert_eq!(lengths, [keeps as u64], "cut at {cut}");
            assert_eq!(fs::metadata(file).unwrap().len(), keeps as u64);
            assert_eq!(recovered.torn_bytes, (cut - keeps) as u64);
        }
        assert_eq!((recovered.next_seq, recovered.damaged_records), (5, 0));
    }
}

#[test]
fn damage_is_counted_and_numbers_of_damaged_files_stay_used() {
    let directory = tempfile::tempdir().unwrap();
    let mut flipped = segment(1, &["{\"a\":1}", "{\"b\":2}"]);
    let second = segment(1, &["{\"a\":1}"]).len();
    flipped[second - 1] ^= 1;
    write(directory.path(), 1, &flipped);
    write(directory.path(), 9, &[0xab; 500]);
    write(directory.path(), 2, &segment(2, &["{\"c\":3}"]));
    let storage = DiskStorage::open(directory.path()).unwrap();
    let recovered = recover(&storage).unwrap();
    let names: Vec<&str> = recovered
        .segments
        .iter()
        .map(|segment| segment.name.as_str())
        .collect();
    assert_eq!(names, [Header::file_name(1), Header::file_name(2)]);
    assert_eq!(
        (
            recovered.damaged_records,
            recovered.unreadable_files,
            recovered.next_seq
        ),
        (1, 1, 10)
    );
    assert_eq!(recovered.ranges[0].segment, Header::file_name(1));
    assert_eq!(recovered.ranges[0].until_us, Some(0));
    assert_eq!(recover(&storage).unwrap().next_seq, 10);
}

#[test]
fn a_damaged_last_record_is_no_torn_tail_and_is_kept_aside() {
    let directory = tempfile::tempdir().unwrap();
    let mut bytes = segment(1, &["{\"a\":1}", "{\"b\":2}"]);
    let (whole, last) = (segment(1, &["{\"a\":1}"]).len(), bytes.len() - 1);
    bytes[last] ^= 1;
    write(directory.path(), 1, &bytes);
    let storage = DiskStorage::open(directory.path()).unwrap();
    let recovered = recover(&storage).unwrap();
    assert_eq!((recovered.torn_bytes, recovered.damaged_records), (0, 1));
    assert_eq!(recovered.segments[0].length, whole as u64);
    assert_eq!(recovered.ranges[0].until_us, None);
    let tail = format!("{}.tail.damaged", Header::file_name(1));
    assert_eq!(
        fs::read(directory.path().join(tail)).unwrap(),
        bytes[whole..]
    );
}
