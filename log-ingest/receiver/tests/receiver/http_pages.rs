//! Pages and impolite clients: origins, rates, expectations, pipelining.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::clients::{ids, request};
use crate::setup::{settings, start};

#[tokio::test]
async fn only_pages_of_allowed_origins_may_send() {
    let mut file = settings();
    file.http.allowed_origins = vec!["https://*.recipes.example".to_owned()];
    let (receiver, _directory) = start(file).await;
    let post = |origin: &str| format!("POST /t\norigin: {origin}");
    let answer = request(
        receiver.http,
        &post("https://www.recipes.example"),
        b"{\"id\":0}",
    )
    .await;
    assert_eq!(answer.status, 204);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://www.recipes.example"
    );
    for origin in [
        "https://other.example",
        "null",
        "https://www.recipes.example.net",
    ] {
        let answer = request(receiver.http, &post(origin), b"{\"id\":1}").await;
        assert_eq!(
            (answer.status, answer.header("access-control-allow-origin")),
            (403, ""),
            "{origin}"
        );
        assert!(answer.header("vary").contains("Origin"));
        let head = format!("OPTIONS /t\norigin: {origin}\naccess-control-request-method: POST");
        assert_eq!(request(receiver.http, &head, b"").await.status, 403);
    }
    // No page, no origin.
    assert_eq!(
        request(receiver.http, "POST /t", b"{\"id\":2}")
            .await
            .status,
        204
    );
    let put = "OPTIONS /t\norigin: https://www.recipes.example\naccess-control-request-method: PUT";
    assert_eq!(request(receiver.http, put, b"").await.status, 405);
    assert_eq!(
        receiver.sum("log_ingest_refused_messages_total", "denied"),
        6
    );
    assert_eq!(ids(&receiver.stop().await.records()), [0, 2]);
}

#[tokio::test]
async fn a_client_that_sends_too_often_is_told_when_to_come_back() {
    let mut file = settings();
    file.http.rate_per_second = 1;
    file.http.rate_burst = 2;
    let (receiver, _directory) = start(file).await;
    let mut answers = Vec::new();
    for id in 0..3 {
        let body = format!("{{\"id\":{id}}}");
        answers.push(
            request(
                receiver.http,
                "POST /t\norigin: https://a.example",
                body.as_bytes(),
            )
            .await,
        );
    }
    let [.., last] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    assert_eq!((last.status, last.header("retry-after")), (429, "1"));
    assert_eq!(
        last.header("access-control-allow-origin"),
        "https://a.example"
    );
    assert_eq!(
        receiver.sum("log_ingest_rejected_events_total", "rate_limited"),
        1
    );
    assert_eq!(request(receiver.http, "GET /health", b"").await.status, 200);
    assert_eq!(receiver.stop().await.records().len(), 2);
}

/// What is sent, and the answers' status codes.
type Exchange<'a> = (&'a [u8], &'a [&'a str]);

/// The answers' status codes, until the connection ends.
async fn statuses(address: std::net::SocketAddr, sent: &[u8]) -> Vec<String> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(sent).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let codes = answer
        .match_indices("HTTP/1.1 ")
        .filter_map(|(at, _)| answer.get(at + 9..at + 12));
    codes.map(str::to_owned).collect()
}

#[tokio::test]
async fn pipelined_requests_and_expectations() {
    let (receiver, _directory) = start(settings()).await;
    let pair = b"POST /t HTTP/1.1\r\nhost: x\r\ncontent-type: application/msgpack\r\ncontent-length: 5\r\n\r\n\x81\xa2id\x00\
        POST /t HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 8\r\n\r\n{\"id\":1}";
    // The second request has no content type, and does not inherit the first one's.
    let cases: [Exchange<'_>; 4] = [
        (pair, &["204", "204"]),
        (
            b"POST /t HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\nconnection: close\r\ncontent-length: 8\r\n\r\n{\"id\":2}",
            &["100", "204"],
        ),
        (
            b"POST /t HTTP/1.1\r\nhost: x\r\nexpect: 200-ok\r\nconnection: close\r\ncontent-length: 8\r\n\r\n{\"id\":3}",
            &["417"],
        ),
        (
            b"POST /t HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\nconnection: close\r\ncontent-length: 99999999\r\n\r\n",
            &["413"],
        ),
    ];
    for (sent, expected) in cases {
        assert_eq!(statuses(receiver.http, sent).await, expected);
    }
    assert_eq!(ids(&receiver.stop().await.records()), [0, 1, 2]);
}

#[tokio::test]
async fn a_request_in_single_bytes_is_a_request() {
    let (receiver, _directory) = start(settings()).await;
    let mut stream = TcpStream::connect(receiver.http).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for byte in
        b"POST /t HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 8\r\n\r\n{\"id\":1}"
    {
        stream.write_all(&[*byte]).await.unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    let faulty = request(receiver.http, "POST /t", b"{").await.json();
    assert_eq!(faulty["stored"], json!(0));
    receiver.stop().await;
}
