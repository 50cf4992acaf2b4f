//! Tokens that the parsers of the server's inputs are likely to stumble over. Tests include this file.

pub(crate) const TOKENS: [&[u8]; 12] = [
    b"null",
    b"{}",
    b"[]",
    b"\"\"",
    b"-1",
    b"1e400",
    b"{{",
    b"}}",
    b"\0",
    b"9999999999999999999999",
    b"|",
    b"[99]",
];
