//! The HTTP input over a socket: bodies of all kinds, refusals with reasons, and what browsers need.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::clients::{ids, request};
use crate::setup::{settings, start};

/// Request head and body.
type Taken<'a> = (&'a str, &'a [u8]);
/// Request head, body, status and a part of the reason.
type Refused<'a> = (&'a str, &'a [u8], u16, &'a str);

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn stores_events_whatever_the_content_type_says() {
    let (receiver, _directory) = start(settings()).await;
    let zipped = gzip(br#"[{"id":7}]"#);
    let cases: &[Taken<'_>] = &[
        (
            "POST /ads.render\ncontent-type: application/json",
            br#"[{"id":0},{"id":1}]"#,
        ),
        (
            "POST /ads.render\ncontent-type: text/plain;charset=UTF-8",
            br#"{"id":2}"#,
        ),
        ("POST /ads.render", b"{\"id\":3}\n{\"id\":4}\r\n"),
        (
            "POST /ads.render\ncontent-type: application/x-ndjson",
            b"{\"id\":5}\n",
        ),
        (
            "POST /ads/render\ncontent-type: application/octet-stream",
            br#"{"id":6}"#,
        ),
        (
            "POST /ads.render?x=1&time=1700000000.5\ncontent-encoding: gzip",
            &zipped,
        ),
        ("POST /ads.render", br#"{"id":8,"time":1700000001.25}"#),
        ("POST /ads.render", br#"{"id":9,"time":"today"}"#),
        ("POST /ads.render", b"[]"),
    ];
    for (head, body) in cases {
        let answer = request(receiver.http, head, body).await;
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{head}");
    }
    let records = receiver.memory.wait_for(10).await;
    assert_eq!(ids(&records), (0..10).collect::<Vec<u64>>());
    assert!(
        records
            .iter()
            .all(|record| record.tag == "ads.render" && record.received_at_us > 0)
    );
    let times: Vec<_> = records
        .iter()
        .skip(6)
        .map(|record| record.event_time_us)
        .collect();
    assert_eq!(
        times,
        [
            None,
            Some(1_700_000_000_500_000),
            Some(1_700_000_001_250_000),
            None
        ]
    );
    let text_time = records.last().and_then(|record| record.fields.get("time"));
    assert_eq!(text_time, Some(&json!("today")));
    receiver.stop().await;
}

#[tokio::test]
async fn refuses_with_a_reason_and_stores_nothing() {
    let mut file = settings();
    file.http.max_body_bytes = 1000;
    file.http.max_inflated_bytes = 5000;
    let (receiver, _directory) = start(file).await;
    let bomb = gzip(&[b' '; 100_000]);
    let long = vec![b' '; 2000];
    let cases: &[Refused<'_>] = &[
        ("POST /t", b"", 400, "empty"),
        ("POST /t", b"hello", 400, "must begin with"),
        (
            "POST /t",
            b"\n{\"id\":}",
            400,
            "event 0: expected value at line 2 column",
        ),
        ("POST /t", b"[[]]", 400, "an event is a JSON object"),
        ("POST /t\ncontent-encoding: gzip", b"[{}]", 400, "gzip"),
        (
            "POST /t\ncontent-encoding: br",
            b"[{}]",
            415,
            "content-encoding",
        ),
        ("POST /t\ncontent-encoding: gzip", &bomb, 413, "5000 bytes"),
        ("POST /t", &long, 413, "1000 bytes"),
        ("POST /", b"[{}]", 400, "tag"),
        ("POST /t?time=noon", b"[{}]", 400, "time"),
        ("GET /t", b"", 405, "POST"),
        ("PUT /t", b"[{}]", 405, "POST"),
    ];
    for (head, body, status, reason) in cases {
        let answer = request(receiver.http, head, body).await;
        assert_eq!(answer.status, *status, "{head} {reason}");
        let error = answer.json();
        let text = error["error"].as_str().unwrap();
        assert!(text.contains(reason), "{text}");
        assert_eq!(error["stored"], json!(0));
    }
    let faulty = request(receiver.http, "POST /t", b"\n{\"id\":}")
        .await
        .json();
    assert_eq!((&faulty["line"], &faulty["column"]), (&json!(2), &json!(7)));
    assert!(receiver.stop().await.records().is_empty());
}

#[tokio::test]
async fn a_page_of_any_origin_may_send() {
    let (receiver, _directory) = start(settings()).await;
    let preflight = "OPTIONS /ads.render\norigin: https://recipes.example\naccess-control-request-method: POST\n\
                     access-control-request-headers: content-type";
    let answer = request(receiver.http, preflight, b"").await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-methods"), "POST");
    assert_eq!(
        answer.header("access-control-allow-headers"),
        "content-type"
    );
    assert_eq!(answer.header("access-control-max-age"), "7200");
    for (body, status) in [(&b"[{\"id\":1}]"[..], 204), (b"nonsense", 400)] {
        let answer = request(
            receiver.http,
            "POST /ads.render\norigin: https://recipes.example",
            body,
        )
        .await;
        assert_eq!(answer.status, status);
        assert_eq!(
            answer.header("access-control-allow-origin"),
            "https://recipes.example"
        );
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        assert!(
            answer
                .header("vary")
                .to_ascii_lowercase()
                .contains("origin")
        );
    }
    receiver.stop().await;
}

#[tokio::test]
async fn one_connection_carries_request_after_request() {
    let (receiver, _directory) = start(settings()).await;
    let mut stream = TcpStream::connect(receiver.http).await.unwrap();
    for id in 0..3 {
        let body = format!("{{\"id\":{id}}}");
        let request = format!(
            "POST /t HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 204");
        let mut rest = Vec::new();
        while !rest.ends_with(b"\r\n\r\n") {
            stream.read_buf(&mut rest).await.unwrap();
        }
    }
    drop(stream);
    assert_eq!(ids(&receiver.stop().await.records()), [0, 1, 2]);
}

#[tokio::test]
async fn status_says_that_events_are_taken() {
    let (receiver, _directory) = start(settings()).await;
    let answer = request(receiver.http, "GET /status", b"").await;
    assert_eq!(
        (answer.status, answer.json()["state"].clone()),
        (200, json!("ready"))
    );
    receiver.stop().await;
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_given_up() {
    let mut file = settings();
    file.http.body_timeout_ms = 50;
    let (receiver, _directory) = start(file).await;
    let mut stream = TcpStream::connect(receiver.http).await.unwrap();
    stream
        .write_all(b"POST /t HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n[{")
        .await
        .unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
    receiver.stop().await;
}

#[tokio::test]
async fn headers_that_never_end_do_not_keep_a_connection() {
    let mut file = settings();
    file.http.idle_timeout_ms = 50;
    let (receiver, _directory) = start(file).await;
    let mut stream = TcpStream::connect(receiver.http).await.unwrap();
    stream
        .write_all(b"POST /t HTTP/1.1\r\nhost: ")
        .await
        .unwrap();
    let mut answer = Vec::new();
    // An end or a reset; what counts is that the connection does not last.
    stream.read_to_end(&mut answer).await.ok();
    receiver.stop().await;
}
