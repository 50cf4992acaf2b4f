//! Replays the kept corpus, as it is and changed in a fixed way.

use std::path::Path;

/// What parsers stumble over.
const TOKENS: [&[u8]; 12] = [
    b"null",
    b"{}",
    b"[]",
    b"\"\\ud800\"",
    b"1e400",
    b"\n",
    b"\r\n--b--\r\n",
    b"&json=",
    b"\xdd\xff\xff\xff\xff",
    b"\xc1",
    b"\xd7\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    b"\xff",
];

#[track_caller]
fn replay(target: &str, run: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    corpus::replay(&corpus.join(target), &TOKENS, run);
}

#[test]
fn bodies_of_requests() {
    replay("http_body", super::http_body);
}

#[test]
fn bytes_of_a_forward_connection() {
    replay("forward_stream", super::forward_stream);
}

#[test]
fn segments_as_a_start_finds_them() {
    replay("segment", super::segment);
}
