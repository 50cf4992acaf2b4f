//! Replays the kept corpus, as it is and changed in a fixed way.

use std::path::Path;

const CHANGES_PER_FILE: usize = 150;
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

/// The same sequence on every machine (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

#[track_caller]
fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let mut random = Random(7);
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        run(&bytes);
        for _ in 0..CHANGES_PER_FILE {
            run(&changed(&bytes, &mut random));
        }
    }
}

fn changed(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(out.len() + 1);
        match random.below(5) {
            0 => out.truncate(at),
            1 => out.insert(at, random.byte()),
            2 if at < out.len() => out[at] = random.byte(),
            3 => {
                let end = (at + random.below(20)).min(out.len());
                out.drain(at..end);
            }
            _ => {
                let token = TOKENS[random.below(TOKENS.len())];
                out.splice(at..at, token.iter().copied());
            }
        }
    }
    out
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
