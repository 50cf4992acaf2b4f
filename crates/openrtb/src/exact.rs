//! Numbers that a binary float cannot hold, carried through JSON values digit by digit.
//!
//! `serde_json` keeps a number as `u64`, `i64` or `f64`; its arbitrary precision breaks flattened structs. A
//! request may contain longer numbers in members that are only passed on. [`protect`] turns those, and only
//! those, into marked strings before parsing; [`restore`] turns them back into numbers in the output. A text
//! without any is not copied.

use std::borrow::Cow;

/// Begins a protected number inside its string; never part of sensible text.
pub(crate) const MARK: &str = "\u{0}number:";
/// The opening quote and [`MARK`], as they are written in JSON.
const WRITTEN: &[u8] = b"\"\\u0000number:";
/// Any decimal number with this many significant digits survives the way through an `f64`.
const SAFE_DIGITS: usize = 15;

/// Marks the numbers that would lose digits.
pub fn protect(json: &[u8]) -> Cow<'_, [u8]> {
    let mut out: Vec<u8> = Vec::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        at = match byte {
            b'"' => end_of_string(json, at),
            b'-' | b'0'..=b'9' => {
                let end = end_of_number(json, at);
                let token = json.get(at..end).unwrap_or_default();
                if loses_digits(token) {
                    out.extend_from_slice(json.get(copied..at).unwrap_or_default());
                    out.extend_from_slice(WRITTEN);
                    out.extend_from_slice(token);
                    out.push(b'"');
                    copied = end;
                }
                end
            }
            _ => at + 1,
        };
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    out.extend_from_slice(json.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

/// Turns marked strings back into the original numbers.
pub fn restore_owned(json: Vec<u8>) -> Vec<u8> {
    match restore(&json) {
        Cow::Borrowed(_) => json,
        Cow::Owned(restored) => restored,
    }
}

/// Turns marked strings back into the original numbers.
pub fn restore(json: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memmem::find(json, WRITTEN).is_none() {
        return Cow::Borrowed(json);
    }
    let mut out: Vec<u8> = Vec::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        if *byte != b'"' {
            at += 1;
            continue;
        }
        let end = end_of_string(json, at);
        let text = json.get(at..end).unwrap_or_default();
        if let Some(token) = text
            .strip_prefix(WRITTEN)
            .and_then(|text| text.strip_suffix(b"\""))
            && is_number(token)
        {
            out.extend_from_slice(json.get(copied..at).unwrap_or_default());
            out.extend_from_slice(token);
            copied = end;
        }
        at = end;
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    out.extend_from_slice(json.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

/// The position after the closing quote, or the end of the text.
fn end_of_string(json: &[u8], quote: usize) -> usize {
    let mut at = quote + 1;
    loop {
        match json.get(at) {
            None => return json.len(),
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

fn end_of_number(json: &[u8], start: usize) -> usize {
    let rest = json.get(start..).unwrap_or_default();
    let length = rest
        .iter()
        .take_while(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
        .count();
    start + length.max(1)
}

fn loses_digits(token: &[u8]) -> bool {
    if token.len() <= SAFE_DIGITS && !token.iter().any(|byte| matches!(byte, b'e' | b'E')) {
        return false;
    }
    let Ok(text) = std::str::from_utf8(token) else {
        return false;
    };
    if !is_number(token) || text.parse::<u64>().is_ok() || text.parse::<i64>().is_ok() {
        return false;
    }
    // `Display` writes the shortest digits that parse to the same float, without an exponent.
    let through = text.parse::<f64>().map(|float| float.to_string());
    through.is_ok_and(|through| Digits::of(&through) != Digits::of(text))
}

/// Follows the grammar of JSON, so that nothing else can be smuggled in as a number.
fn is_number(token: &[u8]) -> bool {
    let text = token.strip_prefix(b"-").unwrap_or(token);
    let (whole, text) = split_digits(text);
    if whole.is_empty() || (whole.len() > 1 && whole.first() == Some(&b'0')) {
        return false;
    }
    let text = match text.strip_prefix(b".") {
        None => text,
        Some(text) => match split_digits(text) {
            ([], _) => return false,
            (_, text) => text,
        },
    };
    match text {
        [] => true,
        [b'e' | b'E', text @ ..] => {
            let text = match text {
                [b'+' | b'-', text @ ..] => text,
                text => text,
            };
            matches!(split_digits(text), ([_, ..], []))
        }
        _ => false,
    }
}

fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    text.split_at(length)
}

/// A number as its significant digits and the power of ten after them: equal numbers are equal here.
#[derive(Debug, PartialEq, Eq)]
struct Digits {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Digits {
    /// `None` = it is not a number, or its exponent is absurdly large.
    fn of(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text),
        };
        let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let power: i64 = power.parse().ok()?;
        let all = format!("{whole}{fraction}");
        if !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let kept = all.trim_end_matches('0');
        let cut = i64::try_from(all.len() - kept.len()).ok()?;
        let behind = i64::try_from(fraction.len()).ok()?;
        let digits = kept.trim_start_matches('0').to_owned();
        let zero = digits.is_empty();
        Some(Self {
            negative,
            exponent: if zero {
                0
            } else {
                power.checked_sub(behind)?.checked_add(cut)?
            },
            digits,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[track_caller]
    fn check(json: &str, protected: bool) {
        let marked = protect(json.as_bytes());
        assert_eq!(matches!(marked, Cow::Owned(_)), protected, "{json}");
        let value: Value = serde_json::from_slice(&marked).unwrap();
        let written = serde_json::to_vec(&value).unwrap();
        let restored = restore(&written).into_owned();
        assert_eq!(String::from_utf8(restored).unwrap(), json);
    }

    #[test]
    fn long_numbers_survive_digit_by_digit() {
        for json in [
            r#"{"a":123456789012345678901234567890}"#,
            r#"{"a":[0.12345678901234567890123,-99999999999999999999]}"#,
            r#"{"a":1e400,"b":{"c":3.141592653589793238462643}}"#,
        ] {
            check(json, true);
        }
    }

    #[test]
    fn what_survives_anyway_is_not_touched() {
        for json in [
            r#"{"a":12345678901234567890,"b":-9223372036854775808}"#,
            r#"{"a":0.1,"b":12345.678,"c":35.68123456789012}"#,
            r#"{"a":"123456789012345678901234567890","b":"\"1e400"}"#,
        ] {
            check(json, false);
        }
    }

    #[test]
    fn exponents_and_zeros_do_not_count_as_digits() {
        for json in [
            "1.5000000000000000000000",
            "1e3",
            "0.000e9",
            "-0.0",
            "15E-1",
        ] {
            assert!(
                matches!(protect(json.as_bytes()), Cow::Borrowed(_)),
                "{json}"
            );
        }
    }

    #[test]
    fn only_numbers_are_restored() {
        for text in [
            r#""\u0000number:1,\"x\":2""#,
            r#""\u0000number:""#,
            r#""\u0000number:01""#,
            r#""\u0000number:1e""#,
            r#""\u0000number:--1""#,
        ] {
            assert_eq!(restore(text.as_bytes()), text.as_bytes());
        }
    }

    #[test]
    fn broken_text_does_no_harm() {
        for json in [
            "\"",
            "\"\\",
            "-",
            "1e999999999999999999999",
            "[1,",
            "--1.2.3e+-9999999999999999",
        ] {
            drop(protect(json.as_bytes()));
            drop(restore(json.as_bytes()));
        }
    }
}
