//! What is a body of events and what is not; checking and parsing must never disagree.

use super::{check, records_of};

#[test]
fn accepts_arrays_lines_and_objects_without_anything_between() {
    let cases: &[(&str, u64)] = &[
        ("[]", 0),
        ("[{}]", 1),
        (" \r\n[{\"a\":1},{\"b\":[1,2,{\"c\":null}]}]\n", 2),
        ("\u{feff}{\"a\":1}", 1),
        ("{\"a\":1}\n{\"b\":2}\r\n{\"c\":3}\n", 3),
        ("{\"a\":1}{\"b\":2}", 2),
        ("{\"a\":1}\n\n\n{\"a\":true,\"a\":\"\u{e9}\\u00e9\"}", 2),
    ];
    for (body, count) in cases {
        assert_eq!(check(body.as_bytes()).unwrap(), *count, "{body}");
        assert_eq!(
            records_of(body.as_bytes()).unwrap().len() as u64,
            *count,
            "{body}"
        );
    }
}

/// A body and the line and column of its fault.
type Case<'a> = (&'a [u8], Option<(usize, usize)>);

#[test]
fn refuses_everything_else_and_says_where() {
    let deep = format!("[{{\"a\":{}1{}}}]", "[".repeat(300), "]".repeat(300));
    let cases: &[Case<'_>] = &[
        (b"", None),
        (b" \n", None),
        (b"null", None),
        (b"a=1&b=2", None),
        (b"[{\"a\":1}", Some((1, 8))),
        (b"[{\"a\":1},2]", Some((1, 10))),
        (b"[{}] x", Some((1, 6))),
        (b"{\"a\":1}\n{\"b\":}\n", Some((2, 6))),
        (b"{\"a\":1}\n[]\n", Some((2, 2))),
        (b"{\"a\":NaN}", Some((1, 6))),
        (b"{\"a\":\"\\ud800\"}", Some((1, 13))),
        (b"{\"a\":\"\xff\"}", Some((1, 7))),
        (b"{\"a\":1e999}", Some((1, 10))),
        (deep.as_bytes(), Some((1, 132))),
    ];
    for (body, _) in cases {
        let text = String::from_utf8_lossy(body)
            .chars()
            .take(40)
            .collect::<String>();
        let error = check(body).expect_err(&text);
        assert_eq!(
            error.position().is_some(),
            records_of(body).unwrap_err().position().is_some(),
            "{text}"
        );
    }
    let positions: Vec<_> = cases
        .iter()
        .map(|(body, _)| check(body).unwrap_err().position())
        .collect();
    let expected: Vec<_> = cases.iter().map(|(_, position)| *position).collect();
    assert_eq!(positions, expected);
}
