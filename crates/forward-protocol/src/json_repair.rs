//! JSON text that is in order except for a few characters, turned into text that every parser takes.
//!
//! JavaScript's `slice` cuts an emoji in half and `JSON.stringify` writes the half as `\ud83d`; log tools copy bytes of other
//! encodings; `1e400` is a number that no double holds. None of it should cost an event, let alone the ones behind it.

/// Text with replacements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairedJson {
    /// The whole text.
    pub text: Vec<u8>,
    /// Texts, keys and numbers in which something was replaced.
    pub replaced: u64,
}

/// Replaces what no parser takes; `None` = there is nothing to replace.
///
/// Halves of surrogate pairs and bytes that are not UTF-8 become U+FFFD, as in MessagePack records. Numbers beyond every double
/// become text, so that their digits stay readable.
///
/// The text need not be JSON otherwise; what is broken stays broken. A text that does not end on its line ends there,
/// so that one bad line does not change how the next is read.
pub fn repair_json(text: &[u8]) -> Option<RepairedJson> {
    let mut repair = Repair {
        text,
        at: 0,
        copied: 0,
        out: Vec::new(),
        replaced: 0,
    };
    while let Some(byte) = text.get(repair.at) {
        match byte {
            b'"' => repair.string(),
            b'-' | b'0'..=b'9' => repair.number(),
            _ => repair.at += 1,
        }
    }
    repair.finish()
}

const REPLACEMENT: &str = "\u{fffd}";
const ESCAPED_REPLACEMENT: &[u8] = b"\\ufffd";
/// Bytes of `\uXXXX`.
const ESCAPE_BYTES: usize = 6;
/// Bytes of the longest character in UTF-8.
const MAX_CHAR_BYTES: usize = 4;

struct Repair<'a> {
    text: &'a [u8],
    at: usize,
    /// Everything before it is in `out`.
    copied: usize,
    out: Vec<u8>,
    replaced: u64,
}

impl Repair<'_> {
    /// Is at the opening quote.
    fn string(&mut self) {
        self.at += 1;
        let mut changed = false;
        loop {
            match self.text.get(self.at) {
                None | Some(b'\n') => break,
                Some(b'"') => {
                    self.at += 1;
                    break;
                }
                Some(b'\\') => changed |= self.escape(),
                Some(byte) if byte.is_ascii() => self.at += 1,
                Some(_) => changed |= self.character(),
            }
        }
        self.replaced += u64::from(changed);
    }

    /// Is at a backslash; returns whether something was replaced.
    fn escape(&mut self) -> bool {
        let Some(unit) = self.code_unit(self.at) else {
            let next = self.text.get(self.at + 1);
            let is_plain = next.is_some_and(|byte| byte.is_ascii() && *byte != b'\n');
            self.at += if is_plain { 2 } else { 1 };
            return false;
        };
        let follower = self.code_unit(self.at + ESCAPE_BYTES);
        match (unit, follower) {
            (0xd800..=0xdbff, Some(0xdc00..=0xdfff)) => self.at += 2 * ESCAPE_BYTES,
            (0xd800..=0xdfff, _) => {
                self.replace(ESCAPE_BYTES, ESCAPED_REPLACEMENT);
                return true;
            }
            _ => self.at += ESCAPE_BYTES,
        }
        false
    }

    /// The UTF-16 code unit that `\uXXXX` at that place stands for.
    fn code_unit(&self, at: usize) -> Option<u32> {
        let escape = self.text.get(at..)?.strip_prefix(b"\\u")?;
        let digits = escape.first_chunk::<4>()?;
        digits.iter().try_fold(0, |unit, digit| {
            Some(unit * 16 + char::from(*digit).to_digit(16)?)
        })
    }

    /// Is at a byte that is not ASCII; returns whether something was replaced.
    fn character(&mut self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let window = rest.get(..MAX_CHAR_BYTES).unwrap_or(rest);
        let Some(chunk) = window.utf8_chunks().next() else {
            return false;
        };
        match chunk.valid().chars().next() {
            Some(character) => {
                self.at += character.len_utf8();
                false
            }
            None => {
                self.replace(chunk.invalid().len(), REPLACEMENT.as_bytes());
                true
            }
        }
    }

    fn number(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
        let length = rest.iter().take_while(|byte| is_part(byte)).count();
        let digits = rest.get(..length).unwrap_or_default();
        let value = std::str::from_utf8(digits).ok();
        let value = value.and_then(|digits| digits.parse::<f64>().ok());
        if !value.is_some_and(f64::is_infinite) {
            self.at += length;
            return;
        }
        let quoted = [b"\"", digits, b"\""].concat();
        self.replace(length, &quoted);
        self.replaced += 1;
    }

    fn replace(&mut self, length: usize, with: &[u8]) {
        let unchanged = self.text.get(self.copied..self.at).unwrap_or_default();
        self.out.extend_from_slice(unchanged);
        self.out.extend_from_slice(with);
        self.at += length;
        self.copied = self.at;
    }

    fn finish(mut self) -> Option<RepairedJson> {
        if self.replaced == 0 {
            return None;
        }
        self.replace(0, &[]);
        Some(RepairedJson {
            text: self.out,
            replaced: self.replaced,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::repair_json;

    /// Text, what becomes of it, and in how many places.
    type Case = (&'static [u8], &'static str, u64);

    #[test]
    fn replaces_what_no_parser_takes() {
        let cases: [Case; 12] = [
            (br#"{"a":"caf\ud83d"}"#, r#"{"a":"caf\ufffd"}"#, 1),
            (
                br#"{"a":"\ude00\uD83D\uD83D\uDE00"}"#,
                r#"{"a":"\ufffd\ufffd\uD83D\uDE00"}"#,
                1,
            ),
            (br#"{"\udfff":"\ud800x"}"#, r#"{"\ufffd":"\ufffdx"}"#, 2),
            (br#"{"a":"\ud83d\n\ud83d"}"#, r#"{"a":"\ufffd\n\ufffd"}"#, 1),
            (b"{\"a\":\"caf\xe9\"}", "{\"a\":\"caf\u{fffd}\"}", 1),
            (b"{\"a\":\"\xf0\x9f\x98\"}", "{\"a\":\"\u{fffd}\"}", 1),
            (
                b"{\"a\":\"\xc3\xa9\xff\xc3\xa9\"}",
                "{\"a\":\"\u{e9}\u{fffd}\u{e9}\"}",
                1,
            ),
            (b"{\"a\":\"\\\xe9\"}", "{\"a\":\"\\\u{fffd}\"}", 1),
            (
                br#"{"a":1e400,"b":-1E+999}"#,
                r#"{"a":"1e400","b":"-1E+999"}"#,
                2,
            ),
            (br#"[1e400]"#, r#"["1e400"]"#, 1),
            (
                b"{\"a\":\"open\n{\"b\":\"\xe9\"}",
                "{\"a\":\"open\n{\"b\":\"\u{fffd}\"}",
                1,
            ),
            (br#"{"a":"\ud83d"#, r#"{"a":"\ufffd"#, 1),
        ];
        for (text, expected, replaced) in cases {
            let repaired = repair_json(text).unwrap();
            let shown = String::from_utf8_lossy(text);
            assert_eq!(
                String::from_utf8(repaired.text).unwrap(),
                expected,
                "{shown}"
            );
            assert_eq!(repaired.replaced, replaced, "{shown}");
        }
    }

    #[test]
    fn leaves_everything_else_as_it_is() {
        let digits = "9".repeat(308);
        let texts = [
            r#"{"a":"\ud83d\ude00 \\ud83d \u00e9 é 😀","b":[1e308,-0,1E-400]}"#,
            r#"{"a":"1e400","b":"\"1e400"}"#,
            "",
            "\"",
            "\"\\",
            "{\"a\":\"\\u12",
            digits.as_str(),
        ];
        for text in texts {
            assert_eq!(repair_json(text.as_bytes()), None, "{text}");
        }
    }
}
