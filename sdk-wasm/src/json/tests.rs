//! What the hand-written reader and writer must get right.

use super::{Malformed, Reader, Writer, fixed, push_fixed};

fn decoded(text: &str) -> Result<Option<String>, Malformed> {
    Reader::new(text).maybe_string()
}

#[test]
fn reads_numbers_exactly() {
    for (text, micros) in [
        ("1.25", Some(1_250_000)),
        ("0", Some(0)),
        ("2", Some(2_000_000)),
        ("-0.5", Some(-500_000)),
        ("1e-5", Some(10)),
        ("12E2", Some(1_200_000_000)),
        ("0.30000000000000004", Some(300_000)),
        ("1e400", Some(i64::MAX)),
        ("", None),
        ("-", None),
        ("null", None),
        ("1.2.3", None),
        ("1e", Some(1_000_000)),
    ] {
        assert_eq!(fixed(text, 6), micros, "{text}");
    }
}

#[test]
fn writes_numbers_without_trailing_zeros() {
    for (value, text) in [
        (1_250_000, "1.25"),
        (0, "0"),
        (-500_000, "-0.5"),
        (10, "0.00001"),
        (12_000_000, "12"),
    ] {
        let mut out = String::new();
        push_fixed(&mut out, value, 6);
        assert_eq!(out, text);
    }
}

#[test]
fn decodes_escapes_and_surrogate_pairs() {
    assert_eq!(
        decoded(r#" "a\"\\\/\n\u00e9\ud83d\ude00z" "#),
        Ok(Some("a\"\\/\né😀z".to_owned()))
    );
    assert_eq!(decoded(r#""\ud83d!""#), Ok(Some("\u{fffd}!".to_owned())));
    assert_eq!(decoded("17"), Ok(None));
}

#[test]
fn skips_what_it_does_not_know() {
    let mut seen = Vec::new();
    let text = r#"{"a":{"x":[1,{"y":"}]\""}]},"b":"kept","c":null}"#;
    let done = Reader::new(text).object(&mut |reader, key| {
        if key == "b" {
            seen.extend(reader.maybe_string()?);
            return Ok(());
        }
        reader.skip()
    });
    assert_eq!((done, seen), (Ok(()), vec!["kept".to_owned()]));
}

#[test]
fn refuses_broken_text_without_panicking() {
    let whole = r#"{"a":[1,"b\u00e9",{"c":-1.5e3}],"d":"\ud83d\ude00"}"#;
    for end in 0..whole.len() {
        let Some(part) = whole.get(..end) else {
            continue;
        };
        let read =
            Reader::new(part).object(&mut |reader, _| reader.maybe_array(&mut |item| item.skip()));
        assert_eq!(read, Err(Malformed), "{part}");
    }
    for text in [
        "",
        "]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "\"\\x\"",
        "\"\\u12g4\"",
        "[1 2]",
        "{\"a\":1 \"b\":2}",
    ] {
        let mut reader = Reader::new(text);
        let read = match text.as_bytes().first() {
            Some(b'[') => reader.array(&mut |item| item.skip()),
            Some(b'"') => reader.maybe_string().map(|_| ()),
            _ => reader.object(&mut |reader, _| reader.skip()),
        };
        assert_eq!(read, Err(Malformed), "{text}");
    }
}

#[test]
fn deep_nesting_costs_no_stack() {
    let deep = "[".repeat(200_000);
    assert_eq!(Reader::new(&deep).skip(), Err(Malformed));
}

#[test]
fn what_is_written_reads_back() {
    let value = "quote \" slash \\ newline \n bell \u{7} é 😀";
    let mut writer = Writer::default();
    writer
        .raw("{")
        .string("k", value)
        .integer("n", 120)
        .fixed("f", 1_200_000, 6)
        .raw("}");
    let text = writer.finish();
    let mut back = (None, None, None);
    Reader::new(&text)
        .object(&mut |reader, key| {
            match key {
                "k" => back.0 = reader.maybe_string()?,
                "n" => back.1 = reader.maybe_u32()?,
                _ => back.2 = reader.maybe_fixed(6)?,
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(back, (Some(value.to_owned()), Some(120), Some(1_200_000)));
}
