//! Bytes changed in a fixed way: what parsers stumble over, the same on every machine. Tests include this file.

const TOKENS: [&str; 12] = [
    "null",
    "{}",
    "[]",
    "\"\"",
    "-1",
    "1e400",
    "{{",
    "}}",
    "\u{0}",
    "9999999999999999999999",
    "|",
    "[99]",
];

/// A sequence of numbers (xorshift); it must not begin with 0.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number below `bound`, which must not be 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

/// The bytes with one to three changes.
pub(crate) fn changed(bytes: &[u8], random: &mut Random) -> Vec<u8> {
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
                out.splice(at..at, token.bytes());
            }
        }
    }
    out
}
