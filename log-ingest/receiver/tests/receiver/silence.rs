//! Clients that are silent, slow or many lock nobody out.

use std::time::Duration;

use forward_protocol::encode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::clients::{Forward, entries, request};
use crate::setup::{Running, settings, start};

/// Connections that say this much and no more.
async fn silent(address: std::net::SocketAddr, count: usize, said: &[u8]) -> Vec<TcpStream> {
    let mut streams = Vec::new();
    for _ in 0..count {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(said).await.ok();
        streams.push(stream);
    }
    streams
}

async fn posts(receiver: &Running) {
    let post = request(receiver.http, "POST /t", b"{}");
    let answer = tokio::time::timeout(Duration::from_secs(60), post).await;
    assert_eq!(answer.unwrap().status, 204);
}

/// With every time limit far away, only making room helps.
#[tokio::test]
async fn silent_and_slow_requests_make_room_for_others() {
    for said in [
        &b""[..],
        b"POST /t HT",
        b"POST /t HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{",
    ] {
        let mut file = settings();
        file.http.max_connections = 4;
        file.http.idle_timeout_ms = 3_600_000;
        file.http.head_timeout_ms = 3_600_000;
        file.http.body_timeout_ms = 3_600_000;
        let (receiver, _directory) = start(file).await;
        let flood = silent(receiver.http, 8, said).await;
        posts(&receiver).await;
        let evicted = "log_ingest_evicted_connections_total";
        assert!(receiver.sum(evicted, "http") > 0);
        drop(flood);
        receiver.stop().await;
    }
}

#[tokio::test]
async fn one_address_gets_only_its_share_of_the_places() {
    let mut file = settings();
    file.http.max_connections_per_address = 3;
    file.forward.max_connections_per_address = 3;
    let (receiver, _directory) = start(file).await;
    for (address, label) in [(receiver.http, "http"), (receiver.forward, "forward")] {
        let mut clients = JoinSet::new();
        for mut stream in silent(address, 9, b"").await {
            clients.spawn(async move {
                let mut end = Vec::new();
                stream.read_to_end(&mut end).await.ok();
            });
        }
        // As many as are over the cap, whichever they are.
        for _ in 0..6 {
            clients.join_next().await.unwrap().unwrap();
        }
        let counted = || {
            let names =
                ["refused", "evicted"].map(|name| format!("log_ingest_{name}_connections_total"));
            names
                .map(|name| receiver.sum(&name, label))
                .iter()
                .sum::<u64>()
        };
        while counted() != 6 {
            tokio::task::yield_now().await;
        }
    }
    receiver.stop().await;
}

/// Its bytes come often enough, but the head does not end.
#[tokio::test]
async fn a_head_that_trickles_in_has_its_time() {
    let mut file = settings();
    file.http.head_timeout_ms = 200;
    let (receiver, _directory) = start(file).await;
    let mut stream = TcpStream::connect(receiver.http).await.unwrap();
    stream.write_all(b"POST /t HTTP/1.1\r\n").await.unwrap();
    let (mut read, mut write) = stream.split();
    let mut end = [0; 1];
    let trickle = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        loop {
            ticks.tick().await;
            if write.write_all(b"a: b\r\n").await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        // An end or a reset; what counts is that it comes.
        _ = read.read(&mut end) => {}
        () = trickle => {}
    }
    receiver.stop().await;
}

/// Half of a message, or nothing at all, ten times as often as there are places.
#[tokio::test]
async fn silent_forward_connections_make_room_for_others() {
    let mut file = settings();
    file.forward.max_connections = 4;
    file.forward.idle_timeout_ms = 3_600_000;
    file.forward.stall_timeout_ms = 3_600_000;
    let (receiver, _directory) = start(file).await;
    for said in [&b""[..], b"\x93\xa1t"] {
        let flood = silent(receiver.forward, 4, said).await;
        // They have had their second of grace before anybody is closed for another.
        let message = encode::packed_forward("t", &entries(0..1), Some("c"));
        let acknowledged = async {
            loop {
                let mut client = Forward::connect(receiver.forward).await;
                client.try_send(&message).await;
                if client.ack().await.is_some() {
                    return;
                }
            }
        };
        let patience = Duration::from_secs(60);
        let done = tokio::time::timeout(patience, acknowledged).await;
        assert!(done.is_ok(), "locked out");
        drop(flood);
    }
    assert!(receiver.sum("log_ingest_evicted_connections_total", "forward") > 0);
    receiver.stop().await;
}
