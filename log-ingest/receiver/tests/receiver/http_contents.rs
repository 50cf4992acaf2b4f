//! Bodies of every content type and encoding, and batches that are not all events.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use serde_json::{Value, json};

use crate::clients::{ids, request};
use crate::setup::{settings, start};

/// Request head, body, and the fields that land.
type Case = (&'static str, Vec<u8>, Value);

fn compressed() -> Vec<Case> {
    let body = br#"[{"id":0},{"id":1}]"#;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    let mut raw = DeflateEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(body).unwrap();
    zlib.write_all(body).unwrap();
    raw.write_all(body).unwrap();
    let zstd = zstd::bulk::compress(body, 1).unwrap();
    let landed = json!([{"id": 0}, {"id": 1}]);
    [
        ("POST /t\ncontent-encoding: gzip", gzip.finish().unwrap()),
        ("POST /t\ncontent-encoding: GZIP", {
            let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
            gzip.write_all(body).unwrap();
            gzip.finish().unwrap()
        }),
        ("POST /t\ncontent-encoding: deflate", zlib.finish().unwrap()),
        ("POST /t\ncontent-encoding: deflate", raw.finish().unwrap()),
        ("POST /t\ncontent-encoding: zstd", zstd),
        ("POST /t\ncontent-encoding: identity", body.to_vec()),
    ]
    .map(|(head, body)| (head, body, landed.clone()))
    .into()
}

fn contents() -> Vec<Case> {
    let form = "POST /t\ncontent-type: application/x-www-form-urlencoded";
    let multipart = "POST /t\ncontent-type: multipart/form-data; boundary=b";
    let part =
        b"--b\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n{\"id\":3}\r\n--b--\r\n";
    let one = json!([{"id": 3}]);
    vec![
        (form, b"json=%7B%22id%22%3A3%7D".to_vec(), one.clone()),
        (
            form,
            b"json={\"id\":\"a+b\"}".to_vec(),
            json!([{"id": "a+b"}]),
        ),
        (
            form,
            b"json=%7B%22id%22%3A%22a+b%22%7D".to_vec(),
            json!([{"id": "a b"}]),
        ),
        (
            form,
            b"ndjson=%7B%22id%22%3A3%7D%0A%7B%22id%22%3A4%7D".to_vec(),
            json!([{"id": 3}, {"id": 4}]),
        ),
        (form, b"msgpack=%81%A2id%03".to_vec(), one.clone()),
        (multipart, part.to_vec(), one.clone()),
        (
            "POST /t\ncontent-type: application/msgpack",
            b"\x81\xa2id\x03".to_vec(),
            one.clone(),
        ),
        (
            "POST /t\ncontent-type: application/msgpack",
            b"\x92\x81\xa2id\x03\x81\xa2id\x04".to_vec(),
            json!([{"id": 3}, {"id": 4}]),
        ),
        (
            "POST /t\ncontent-type: application/csp-report",
            br#"{"csp-report":{"a":1}}"#.to_vec(),
            json!([{"csp-report": {"a": 1}}]),
        ),
        (
            "POST /t\ncontent-type: application/reports+json",
            br#"[{"id":3}]"#.to_vec(),
            one.clone(),
        ),
        (
            "POST /t\ncontent-type: application/x-ndjson",
            b"{\"id\":3}\r\n{\"id\":4}\r\n".to_vec(),
            json!([{"id": 3}, {"id": 4}]),
        ),
        (
            "POST /t\ncontent-type: application/json",
            b"{\"id\":3}{\"id\":4}".to_vec(),
            json!([{"id": 3}, {"id": 4}]),
        ),
        ("POST /t?json=%7B%22id%22%3A3%7D", Vec::new(), one),
    ]
}

/// The query is the form, whatever type the empty body has.
fn queries() -> Vec<Case> {
    let one = json!([{"id": 3}]);
    vec![
        (
            "POST /t?json=%7B%22id%22%3A3%7D\ncontent-type: application/x-www-form-urlencoded",
            Vec::new(),
            one.clone(),
        ),
        (
            "POST /t?ndjson=%7B%22id%22%3A3%7D\ncontent-type: application/json",
            Vec::new(),
            one,
        ),
    ]
}

#[tokio::test]
async fn every_encoding_and_content_type() {
    let cases = [compressed(), contents(), queries()].concat();
    for (head, body, landed) in cases {
        let (receiver, _directory) = start(settings()).await;
        let answer = request(receiver.http, head, &body).await;
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{head}");
        let records = receiver.stop().await.records();
        let fields: Value = records
            .into_iter()
            .map(|record| Value::Object(record.fields))
            .collect();
        assert_eq!(fields, landed, "{head}");
    }
}

/// Request line, body, microseconds.
type Timed = (&'static str, &'static [u8], Option<i64>);

#[tokio::test]
async fn the_time_of_an_event() {
    const FORM: &str = "POST /t\ncontent-type: application/x-www-form-urlencoded";
    const MSGPACK: &str = "POST /t\ncontent-type: application/msgpack";
    let cases: &[Timed] = &[
        ("POST /t?time=12.5", br#"{"time":7}"#, Some(12_500_000)),
        ("POST /t?time=0", br#"{"time":7}"#, Some(7_000_000)),
        ("POST /t", br#"{"time":7.25}"#, Some(7_250_000)),
        ("POST /t", br#"{"time":"7"}"#, None),
        ("POST /t", b"{}", None),
        (FORM, b"json=%7B%7D&time=12.5", Some(12_500_000)),
        // As Fluent Bit's out_http writes MessagePack, in its older and its present form.
        (MSGPACK, b"\x92\x07\x80", Some(7_000_000)),
        (
            MSGPACK,
            b"\x92\x92\xd7\x00\x00\x00\x00\x07\x0e\xe6\xb2\x80\x80\x80",
            Some(7_250_000),
        ),
        (MSGPACK, b"\x81\xa4time\x07", Some(7_000_000)),
    ];
    for (head, body, time) in cases {
        let (receiver, _directory) = start(settings()).await;
        assert_eq!(
            request(receiver.http, head, body).await.status,
            204,
            "{head}"
        );
        let records = receiver.stop().await.records();
        assert_eq!(
            records.first().map(|record| record.event_time_us),
            Some(*time),
            "{head}"
        );
    }
}

#[tokio::test]
async fn a_batch_with_bad_events_stores_the_good_ones_and_says_which_are_bad() {
    let (receiver, _directory) = start(settings()).await;
    let lines = b"{\"id\":0}\n{\"id\":}\n{\"id\":1}\n[]";
    let answer = request(receiver.http, "POST /t", lines).await;
    assert_eq!(answer.status, 202);
    let expected = json!({
        "stored": 2,
        "quarantined": 2,
        "rejected": [
            {"event": 1, "line": 2, "column": 7, "error": "expected value at line 2 column 7"},
            {"event": 3, "line": 4, "column": 1, "error": "an event is a JSON object at line 4 column 1"},
        ],
    });
    assert_eq!(answer.json(), expected);
    let maps = "POST /t\ncontent-type: application/msgpack";
    let answer = request(receiver.http, maps, b"\x93\x81\xa2id\x02\x05\x81\xa2id\x03").await;
    assert_eq!(
        (answer.status, &answer.json()["quarantined"]),
        (202, &json!(1))
    );
    let records = receiver.stop().await.records();
    let (good, bad): (Vec<_>, Vec<_>) = records
        .into_iter()
        .partition(|record| record.fault.is_none());
    assert_eq!(ids(&good), [0, 1, 2, 3]);
    let faults: Vec<_> = bad
        .iter()
        .map(|record| (record.fault, record.fields.get("text").cloned()))
        .collect();
    assert_eq!(
        faults,
        [
            (Some("bad_json"), Some(json!("{\"id\":}"))),
            (Some("not_an_object"), Some(json!("[]"))),
            (Some("not_an_object"), Some(json!("\u{5}"))),
        ]
    );
}

/// What Fluentd answers 200 to, and loses.
#[tokio::test]
async fn nothing_that_is_no_event_gets_a_success() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(300), "]".repeat(300));
    let bodies: &[&[u8]] = &[
        b"{\"a\":1",
        b"{\"a\":NaN}",
        deep.as_bytes(),
        b"",
        b"1",
        b"null",
        b"\"x\"",
        b"[1,2]",
        b"\xff\xfe",
    ];
    let (receiver, _directory) = start(settings()).await;
    for body in bodies {
        let answer = request(
            receiver.http,
            "POST /t\ncontent-type: application/json",
            body,
        )
        .await;
        assert_eq!(answer.status, 400, "{body:?}");
        assert!(answer.json()["line"].is_u64(), "{body:?}");
    }
    let rejected = receiver.sum("log_ingest_rejected_events_total", "malformed");
    assert_eq!(rejected, bodies.len() as u64);
    assert!(receiver.stop().await.records().is_empty());
}

#[tokio::test]
async fn the_clients_address_is_shortened_and_proxies_are_not_believed_unless_named() {
    for (trusted, expected) in [
        (vec![], "127.0.0.0"),
        (vec!["127.0.0.0/8".to_owned()], "203.0.113.0"),
    ] {
        let mut file = settings();
        file.http.remote_address_field = "ip".to_owned();
        file.http.trusted_proxies = trusted;
        let (receiver, _directory) = start(file).await;
        let head = "POST /t\nx-forwarded-for: 203.0.113.77";
        let answer = request(receiver.http, head, br#"[{"id":0},{"id":1,"ip":"mine"}]"#).await;
        assert_eq!(answer.status, 204);
        let records = receiver.stop().await.records();
        let found: Vec<_> = records
            .iter()
            .filter_map(|record| record.fields.get("ip"))
            .collect();
        assert_eq!(found, [expected, "mine"]);
    }
}
