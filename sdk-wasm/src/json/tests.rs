//! What the hand-written reader and writer must get right.

use super::reader::Reader;
use super::{Malformed, Value, Writer, fixed, push_fixed};

fn decoded(text: &str) -> Option<String> {
    let whole = format!("[{text}]");
    let value = Value::array(&whole).unwrap();
    value.items().next().and_then(Value::maybe_text)
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
        Some("a\"\\/\né😀z".to_owned())
    );
    assert_eq!(decoded(r#""\ud83d!""#), Some("\u{fffd}!".to_owned()));
    for other in ["17", "null", "\"\\x\"", "\"\\u12g4\""] {
        assert_eq!(decoded(other), None, "{other}");
    }
}

#[test]
fn finds_what_is_asked_for_and_nothing_else() {
    let text = r#" {"a":{"x":[1,{"y":"}]\""}]},"b":"kept","c":null,"d":["p",2,"q"]} "#;
    let value = Value::object(text).unwrap();
    assert_eq!(value.get("b").text(), "kept");
    assert_eq!(value.get("a").raw(), r#"{"x":[1,{"y":"}]\""}]}"#);
    assert_eq!(value.get("d").texts(), ["p", "q"]);
    assert_eq!(value.get("a").get("x").items().count(), 2);
    for missing in [value.get("c"), value.get("e"), value.get("b").get("b")] {
        assert_eq!(missing.text(), "");
        assert_eq!(missing.number(), None);
        assert_eq!(missing.items().count() + missing.fields().len(), 0);
    }
}

#[test]
fn refuses_broken_text_without_panicking() {
    let whole = r#"{"a":[1,"b\u00e9",{"c":-1.5e3}],"d":"\ud83d\ude00"}"#;
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        let part = &whole[..end];
        assert!(Value::object(part).is_err(), "{part}");
    }
    for text in [
        "",
        "]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "[1 2]",
        "{\"a\":1 \"b\":2}",
        "{1:2}",
        "null",
        "\"a\"",
    ] {
        assert!(Value::object(text).is_err(), "{text}");
        assert!(Value::array(text).is_err(), "{text}");
    }
}

#[test]
fn deep_nesting_costs_no_stack() {
    let deep = "[".repeat(200_000);
    assert_eq!(Reader::new(&deep).skip(), Err(Malformed));
    assert!(Value::array(&deep).is_err());
    let closed = format!("{deep}{}", "]".repeat(200_000));
    assert_eq!(Value::array(&closed).unwrap().items().count(), 1);
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
    let back = Value::object(&text).unwrap();
    assert_eq!(back.get("k").text(), value);
    assert_eq!(back.get("n").number(), Some(120));
    assert_eq!(back.get("f").fixed(6), Some(1_200_000));
}
