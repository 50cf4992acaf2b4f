//! The wire itself: codings, exact numbers, limits of connections and requests, overload.

use std::io::Read;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

fn request() -> Value {
    json!({"id": "r", "tmax": 2000, "site": {"page": "https://p/"}, "imp": [{"id": "i", "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": {"alpha": {}}}}}]})
}

fn big_bid() -> Reply {
    let bid =
        json!({"id": "b", "impid": "i", "price": 1, "adm": "soup ".repeat(2000), "w": 1, "h": 1});
    Reply::With(200, json!({"seatbid": [{"bid": [bid]}]}).to_string())
}

fn decoded(coding: &str, bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match coding {
        "gzip" => flate2::read::GzDecoder::new(bytes)
            .read_to_end(&mut plain)
            .map(drop),
        "br" => brotli::Decompressor::new(bytes, 4096)
            .read_to_end(&mut plain)
            .map(drop),
        "zstd" => zstd::stream::copy_decode(bytes, &mut plain),
        _ => std::io::copy(&mut &bytes[..], &mut plain).map(drop),
    }
    .unwrap();
    plain
}

#[tokio::test]
async fn answers_are_coded_as_the_client_likes() {
    let ssps = FakeSsps::all(&["alpha"], &big_bid()).await;
    let server = Server::start(&ssps.settings()).await;
    for (accepted, coding) in [
        ("gzip, deflate, br, zstd", "zstd"),
        ("br;q=1, gzip;q=0.5", "br"),
        ("gzip", "gzip"),
        ("identity", ""),
        ("gzip;q=0", ""),
    ] {
        let post = server.request(Method::POST, "/openrtb2/auction");
        let post = post.header("accept-encoding", accepted);
        let answer = post.body(request().to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let headers = answer.headers().clone();
        let named = headers.get("content-encoding");
        assert_eq!(named.map_or("", |name| name.to_str().unwrap()), coding);
        let vary: Vec<&str> = headers
            .get_all("vary")
            .iter()
            .map(|line| line.to_str().unwrap())
            .collect();
        assert!(vary.contains(&"Accept-Encoding"), "{vary:?}");
        let body = answer.bytes().await.unwrap();
        assert_eq!(body.len() < 5000, !coding.is_empty(), "{accepted}");
        let plain: Value = serde_json::from_slice(&decoded(coding, &body)).unwrap();
        assert_eq!(plain["id"], "r");
    }
}

#[tokio::test]
async fn long_numbers_and_orders_reach_ssps_as_they_were_sent() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let server = Server::start(&ssps.settings()).await;
    let unknown = r#""z":{"n":123456789012345678901234567890,"m":0.12345678901234567890,"e":1e400,"s":"\u0000number:1"},"a":[1.5,{"y":null,"b":-0.000000000000000000001}]"#;
    let body = request().to_string();
    let body = format!("{},{unknown}}}", body.strip_suffix('}').unwrap());
    assert_eq!(server.post(body).await.status(), 200);
    let sent = ssps.asked_text("alpha");
    for part in unknown.split(r#","s":"#).take(1) {
        assert!(sent.contains(part), "{sent}");
    }
    assert!(sent.contains(r#""a":[1.5,{"y":null,"b":-"#), "{sent}");
}

#[tokio::test]
async fn head_and_options_know_the_methods_of_a_route() {
    let server = Server::start("").await;
    let head = server
        .request(Method::HEAD, "/status")
        .send()
        .await
        .unwrap();
    assert_eq!(head.status(), 200);
    let options = server.request(Method::OPTIONS, "/openrtb2/amp");
    let options = options.send().await.unwrap();
    assert_eq!(options.status(), 204);
    assert_eq!(options.headers()["allow"], "GET, HEAD, OPTIONS");
    let put = server
        .request(Method::PUT, "/cookie_sync")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (put.status().as_u16(), &put.headers()["allow"]),
        (405, &"POST".parse().unwrap())
    );
    let lost = server
        .request(Method::OPTIONS, "/nowhere")
        .send()
        .await
        .unwrap();
    assert_eq!(lost.status(), 404);
}

#[tokio::test]
async fn too_many_auctions_are_told_to_come_back() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::Hang).await;
    let limits = "[auction]\nmax_open = 1\nqueue_ms = 0\n";
    let server = Server::start(&(limits.to_owned() + &ssps.settings())).await;
    let first = server.post(request().to_string());
    let second = async {
        ssps.until_asked("alpha").await;
        server.post(request().to_string()).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.status(), 200);
    assert_eq!(second.status(), 503);
    assert_eq!(second.headers()["retry-after"], "1");
    assert_eq!(second.headers()["access-control-allow-credentials"], "true");
}

async fn exchange(server: &Server, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.http.strip_prefix("http://").unwrap())
        .await
        .unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_connection_over_the_limit_is_told_so() {
    let server = Server::start_with("max_connections = 1\n", "").await;
    let address = server.http.strip_prefix("http://").unwrap();
    let mut open = TcpStream::connect(address).await.unwrap();
    open.write_all(b"GET /status HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    open.read_exact(&mut [0; 12]).await.unwrap();
    let answer = exchange(&server, b"GET /status HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("Retry-After: 1"), "{answer}");
}

#[tokio::test]
async fn long_targets_large_and_slow_heads_are_cut() {
    let limits = "max_target_bytes = 100\nmax_head_bytes = 9000\nhead_timeout_ms = 30\n";
    let server = Server::start_with(limits, "").await;
    let line = |target: &str, more: &str| {
        format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{more}\r\n")
    };
    let long = line(&format!("/status?{}", "x".repeat(200)), "");
    assert!(
        exchange(&server, long.as_bytes())
            .await
            .starts_with("HTTP/1.1 414 ")
    );
    let large = line("/status", &format!("x: {}\r\n", "x".repeat(20_000)));
    assert!(
        exchange(&server, large.as_bytes())
            .await
            .starts_with("HTTP/1.1 431 ")
    );
    assert!(
        exchange(&server, b"nonsense\r\n\r\n")
            .await
            .starts_with("HTTP/1.1 400 ")
    );
    // Never completed: the connection ends without an answer.
    assert_eq!(exchange(&server, b"GET /status HTTP/1.1\r\nho").await, "");
}
