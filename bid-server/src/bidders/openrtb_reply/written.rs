//! [`mended`]: JSON with carelessly written strings: raw line breaks, halves of characters.

/// Stands for half of a character.
const UNKNOWN: &str = "\\ufffd";

/// Escapes control characters inside strings, and replaces halves of UTF-16 pairs. Everything else stays.
pub(super) fn mended(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    let mut inside = false;
    while let Some(character) = rest.chars().next() {
        let mut length = character.len_utf8();
        match character {
            '"' => {
                inside = !inside;
                out.push('"');
            }
            '\\' if inside => {
                let (escape, kept) = escape(rest);
                length = escape.len();
                out.push_str(if kept { escape } else { UNKNOWN });
            }
            control if inside && u32::from(control) < 0x20 => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => out.push(other),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

/// The escape that a text begins with, and whether it stands for a character.
fn escape(text: &str) -> (&str, bool) {
    let first = unit(text);
    let length = |units: usize| text.get(..units * 6).unwrap_or(text);
    match first {
        Some(0xd800..=0xdbff) => {
            let second = unit(text.get(6..).unwrap_or_default());
            if matches!(second, Some(0xdc00..=0xdfff)) {
                (length(2), true)
            } else {
                (length(1), false)
            }
        }
        Some(0xdc00..=0xdfff) => (length(1), false),
        Some(_) => (length(1), true),
        None => {
            let mut ends = text.char_indices().skip(2).map(|(at, _)| at);
            let end = ends.next().unwrap_or(text.len());
            (text.get(..end).unwrap_or(text), true)
        }
    }
}

/// The UTF-16 unit of a `\u` escape.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_become_readable_and_all_else_stays() {
        for (written, expected) in [
            ("{\"a\":\"x\ny\tz\"}", "x\ny\tz"),
            ("{\"a\":\"\\ud83d\"}", "\u{fffd}"),
            ("{\"a\":\"\\udc00x\"}", "\u{fffd}x"),
            ("{\"a\":\"\\ud83d\\ud83d\\ude00\"}", "\u{fffd}\u{1f600}"),
            ("{\"a\":\"\\ud83d\\ude00\"}", "\u{1f600}"),
            ("{\n\"a\" :\t\"\\\"\\\\\"\n}", "\"\\"),
            ("{\"a\":\"\u{e9}\\u00e9\"}", "\u{e9}\u{e9}"),
        ] {
            let value: serde_json::Value = serde_json::from_str(&mended(written)).unwrap();
            assert_eq!(value["a"], expected, "{written}");
        }
    }

    #[test]
    fn nonsense_stays_nonsense() {
        for written in [
            "",
            "\"",
            "\"\\",
            "\"\\u",
            "\"\\u12",
            "\"\\ud83d",
            "\\\u{e9}",
            "\"\\\u{e9}",
        ] {
            assert!(serde_json::from_str::<serde_json::Value>(&mended(written)).is_err());
        }
    }
}
