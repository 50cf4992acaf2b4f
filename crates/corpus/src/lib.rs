//! For tests: the kept inputs of fuzz targets, as they are and changed in a fixed way, the same on every machine.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use std::path::Path;

const CHANGES_PER_FILE: usize = 150;

/// What parsers of one kind of input stumble over.
pub type Tokens = [&'static [u8]];

/// A sequence of numbers (xorshift); it must not begin with 0.
#[derive(Debug)]
pub struct Random(pub u64);

impl Random {
    /// A number below `bound`, which must not be 0.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

/// The files of a folder, in the order of their names.
///
/// # Panics
/// When there are none, or they cannot be read.
#[track_caller]
pub fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let read = files.iter().map(|file| std::fs::read(file).unwrap());
    read.collect()
}

/// Gives each file of a folder to a target, as it is and with changes.
///
/// # Panics
/// When the target does, and as [`files`].
#[track_caller]
pub fn replay(folder: &Path, tokens: &Tokens, target: fn(&[u8])) {
    let mut random = Random(7);
    for bytes in files(folder) {
        target(&bytes);
        for _ in 0..CHANGES_PER_FILE {
            target(&changed(&bytes, tokens, &mut random));
        }
    }
}

/// The bytes with one to three changes.
pub fn changed(bytes: &[u8], tokens: &Tokens, random: &mut Random) -> Vec<u8> {
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
                let token = tokens[random.below(tokens.len())];
                out.splice(at..at, token.iter().copied());
            }
        }
    }
    out
}
