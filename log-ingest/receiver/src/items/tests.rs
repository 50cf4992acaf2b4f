//! Good and bad bodies, event by event.

use super::{JsonItems, MsgPackItems};

/// A body, and what is found in it.
type Text<'a> = (&'a str, &'a [&'a str]);
/// A body, its events, its faults.
type Bytes<'a> = (&'a [u8], usize, &'a [&'a str]);

/// Events in brackets, faults as `code@line:column bytes`.
fn json(body: &str) -> Vec<String> {
    let items = JsonItems::new(body.as_bytes());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let show = |item: super::Item<'_>| match item {
        Ok(event) => text(event.record),
        Err(faulty) => {
            let fault = &faulty.fault;
            format!(
                "{}@{}:{} {}",
                fault.code,
                fault.position.unwrap().line,
                fault.position.unwrap().column,
                text(faulty.bytes)
            )
        }
    };
    items.map(show).collect()
}

#[test]
fn json_bodies() {
    let cases: &[Text<'_>] = &[
        ("[]", &[]),
        (" [ {} , {\"a\":[1]} ] \n", &["{}", "{\"a\":[1]}"]),
        ("\u{feff}{\"a\":1}", &["{\"a\":1}"]),
        ("{}{}\r\n{\n\"a\":1}", &["{}", "{}", "{\n\"a\":1}"]),
        ("", &["bad_json@1:1 "]),
        (" \n ", &["bad_json@2:2 "]),
        ("hello", &["bad_json@1:1 hello"]),
        ("null", &["bad_json@1:1 null"]),
        (
            "{\"a\":1}\n{\"a\":}\n{}",
            &["{\"a\":1}", "bad_json@2:6 {\"a\":}", "{}"],
        ),
        (
            "{\"a\":1\n{\"b\":2}",
            &["bad_json@2:1 {\"a\":1", "{\"b\":2}"],
        ),
        (
            "{}\n7\n[]\n{}",
            &["{}", "not_an_object@2:1 7", "not_an_object@3:1 []", "{}"],
        ),
        (
            "[{},7,\n null,{}]",
            &["{}", "not_an_object@1:5 7", "not_an_object@2:2 null", "{}"],
        ),
        ("[{},{]", &["{}", "bad_json@1:6 {]"]),
        ("[{}", &["{}", "bad_json@1:4 "]),
        ("[{},", &["{}", "bad_json@1:5 "]),
        ("[{} {}]", &["{}", "bad_json@1:5 {}]"]),
        ("[{}] x", &["{}", "bad_json@1:6 x"]),
        ("{\"a\":NaN}", &["bad_json@1:6 {\"a\":NaN}"]),
        (
            "{\"a\":\"\\ud800\"}",
            &["bad_json@1:13 {\"a\":\"\\ud800\"}"],
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(json(body), *expected, "{body:?}");
    }
}

#[test]
fn deep_json_is_a_fault() {
    let deep = format!("{{\"a\":{}1{}}}\n{{}}", "[".repeat(300), "]".repeat(300));
    let items = json(&deep);
    assert_eq!(items.len(), 2);
    assert!(items[0].starts_with("bad_json@1:"));
}

#[test]
fn many_faults_are_few() {
    let body = "x\n".repeat(3000);
    let items = json(&format!("{{}}\n{body}"));
    assert_eq!(items.len(), 1002);
    assert_eq!(
        items.last().map(String::len),
        Some("bad_json@1002:1 ".len() + 2000 * 2)
    );
    let body = [0x05; 3000];
    let (mut faults, mut bytes) = (0, 0);
    for item in MsgPackItems::new(&body) {
        faults += 1;
        bytes += item.unwrap_err().bytes.len();
    }
    assert_eq!((faults, bytes), (1001, 3000));
}

#[test]
fn msgpack_bodies() {
    let cases: &[Bytes<'_>] = &[
        (b"\x80\x81\xa1a\x01", 2, &[]),
        (b"\x92\x80\x80\x80", 3, &[]),
        (b"\x90", 0, &[]),
        (b"", 0, &["bad_msgpack"]),
        (b"\x93\x80\x05\x80\x80", 3, &["not_an_object"]),
        (b"\x80\xc1\x80", 1, &["bad_msgpack"]),
        (b"\x80\x81\xa1a", 1, &["bad_msgpack"]),
        (b"\x92\x80", 1, &["bad_msgpack"]),
        (b"\x91\x91\x80", 0, &["not_an_object"]),
        (b"\xdd\xff\xff\xff\xff", 0, &["bad_msgpack"]),
        // Fluent Bit's out_http: pairs of time and map, in the form of version 1 and 1.5.
        (
            b"\x92\x01\x80\x92\xcb\x41\xd9\x54\xfc\x40\x10\x00\x00\x80",
            2,
            &[],
        ),
        (
            b"\x92\xd7\x00\x65\x53\xf1\x00\x00\x00\x00\x07\x81\xa1a\x01",
            1,
            &[],
        ),
        (b"\x92\x92\x01\x80\x80\x80", 2, &[]),
        (b"\x93\x92\x01\x80\x80\x92\x92\x01\x80\x80", 3, &[]),
        (b"\x92\x80\x92\x01\x80", 2, &[]),
        (b"\x92\x01\x05", 0, &["not_an_object", "not_an_object"]),
        (b"\x92\xa1x\x80", 1, &["not_an_object"]),
        (b"\x92\x01\x81\xa1a", 0, &["not_an_object", "bad_msgpack"]),
    ];
    for (body, events, faults) in cases {
        let (good, bad): (Vec<_>, Vec<_>) = MsgPackItems::new(body).partition(Result::is_ok);
        let codes: Vec<&str> = bad
            .into_iter()
            .map(|item| item.unwrap_err().fault.code)
            .collect();
        assert_eq!(
            (good.len(), codes.as_slice()),
            (*events, *faults),
            "{body:x?}"
        );
    }
}
