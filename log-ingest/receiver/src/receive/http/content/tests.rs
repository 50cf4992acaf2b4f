//! Forms of both kinds, and what is not a form.

use axum::http::HeaderMap;
use bytes::Bytes;

use super::Content;

type Found = (Vec<u8>, bool, Option<String>);
/// Form, events, whether they are MessagePack, time.
type Case<'a> = (&'a [u8], &'a [u8], bool, Option<&'a str>);

/// The events' bytes, whether they are MessagePack, and the time, or the error.
fn events(content_type: &str, body: &[u8], query: &str) -> Result<Found, String> {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", content_type.parse().unwrap());
    let events = Content::of(&headers).events(Bytes::copy_from_slice(body), query);
    let events = events.map_err(|error| error.to_string())?;
    Ok((events.bytes.to_vec(), events.msgpack, events.time))
}

#[test]
fn forms() {
    const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";
    let cases: &[Case<'_>] = &[
        (
            b"json=%7B%22a%22%3A%221%2B1+2%22%7D",
            br#"{"a":"1+1 2"}"#,
            false,
            None,
        ),
        (br#"json={"a":"1+1"}"#, br#"{"a":"1+1"}"#, false, None),
        (
            b"time=12.5&ndjson=%7B%7D%0A%7B%7D",
            b"{}\n{}",
            false,
            Some("12.5"),
        ),
        (b"msgpack=%81%A1a%01", b"\x81\xa1a\x01", true, None),
        (b"x=1&json=%7b%7d&y", b"{}", false, None),
        (b"json=%zz%7", b"%zz%7", false, None),
    ];
    for (body, expected, msgpack, time) in cases {
        let time = time.map(str::to_owned);
        assert_eq!(
            events(FORM, body, ""),
            Ok((expected.to_vec(), *msgpack, time))
        );
    }
    for bad in [&b""[..], b"a=1", b"=&=&"] {
        assert!(events(FORM, bad, "").unwrap_err().contains("field json"));
    }
    let query = "json=%7B%7D&time=5";
    assert_eq!(
        events("", b"", query),
        Ok((b"{}".to_vec(), false, Some("5".to_owned())))
    );
    // Whatever type an empty body has: curl -d '' makes a form of it.
    for kind in [
        "application/json",
        FORM,
        "multipart/form-data; boundary=b",
        "application/msgpack",
    ] {
        let found = events(kind, b"", query);
        assert_eq!(
            found,
            Ok((b"{}".to_vec(), false, Some("5".to_owned()))),
            "{kind}"
        );
    }
    assert_eq!(events("", b"[]", query), Ok((b"[]".to_vec(), false, None)));
}

#[test]
fn multipart() {
    const KIND: &str = "multipart/form-data; boundary=\"x-y\"";
    let body = b"preamble\r\n--x-y\r\nContent-Disposition: form-data; name=\"time\"\r\n\r\n7\r\n--x-y\r\n\
        content-disposition: form-data; name=json; filename=\"a\"\r\nContent-Type: a/b\r\n\r\n{\"a\":\r\n1}\r\n--x-y--\r\n";
    assert_eq!(
        events(KIND, body, ""),
        Ok((b"{\"a\":\r\n1}".to_vec(), false, Some("7".to_owned())))
    );
    for cut in 0..body.len() - 4 {
        assert!(events(KIND, &body[..cut], "").is_err(), "{cut}");
    }
    assert!(events("multipart/form-data", body, "").is_err());
}

#[test]
fn everything_else_is_json_or_messagepack() {
    for kind in [
        "",
        "text/plain;charset=UTF-8",
        "application/json",
        "application/reports+json",
        "image/gif",
    ] {
        assert_eq!(events(kind, b"{}", ""), Ok((b"{}".to_vec(), false, None)));
    }
    for kind in ["application/msgpack", "Application/X-MsgPack; a=b"] {
        assert_eq!(
            events(kind, b"\x80", ""),
            Ok((b"\x80".to_vec(), true, None))
        );
    }
}
