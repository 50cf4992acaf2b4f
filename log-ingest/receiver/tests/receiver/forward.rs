//! The forward protocol over a socket: modes, acks, pipelining, and what ends a connection.

use std::time::Duration;

use forward_protocol::{EventTime, encode};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpStream, UdpSocket};

use crate::clients::{Forward, entries, ids};
use crate::setup::{settings, settings_without_dedup, start};

#[tokio::test]
async fn every_mode_is_acknowledged_and_lands() {
    let (receiver, _directory) = start(settings()).await;
    let mut client = Forward::connect(receiver.forward).await;
    let record = b"\x81\xa2id\x00";
    let time = EventTime::from_micros(1_700_000_000_000_000);
    let messages = [
        encode::message("ads.render", time, record, Some("c0")),
        encode::forward("ads.render", &entries(1..4), Some("c1")),
        encode::packed_forward("ads.auction", &entries(4..6), Some("c2")),
        encode::compressed_packed_forward("ads.bid", &entries(6..9), Some("c3")),
    ];
    for (index, message) in messages.iter().enumerate() {
        client.send(message).await;
        let expected = format!("\u{a2}c{index}")
            .chars()
            .map(|c| c as u8)
            .collect::<Vec<u8>>();
        assert_eq!(client.ack().await, Some(expected));
    }
    let records = receiver.memory.wait_for(9).await;
    assert_eq!(ids(&records), (0..9).collect::<Vec<u64>>());
    let tags: Vec<&str> = records.iter().map(|record| record.tag.as_str()).collect();
    assert_eq!(tags.iter().filter(|tag| **tag == "ads.render").count(), 4);
    assert!(
        records
            .iter()
            .all(|record| record.event_time_us == time.micros() && record.received_at_us > 0)
    );
    assert_eq!(
        receiver.metric("log_ingest_received_events_total{receiver=\"forward\"}"),
        Some(9.0)
    );
    receiver.stop().await;
}

#[tokio::test]
async fn pipelined_messages_in_small_pieces_get_their_acks_in_order() {
    let (receiver, _directory) = start(settings()).await;
    let mut client = Forward::connect(receiver.forward).await;
    let mut stream = vec![0xc0];
    for index in 0..40u64 {
        let chunk = (index % 4 != 3).then(|| format!("chunk{index}"));
        stream.extend(encode::packed_forward(
            "t",
            &entries(index..index + 1),
            chunk.as_deref(),
        ));
    }
    for piece in stream.chunks(13) {
        client.send(piece).await;
    }
    for index in (0..40).filter(|index| index % 4 != 3) {
        let ack = client.ack().await.unwrap();
        assert!(ack.ends_with(format!("chunk{index}").as_bytes()));
    }
    assert_eq!(
        ids(&receiver.memory.wait_for(40).await),
        (0..40).collect::<Vec<u64>>()
    );
    receiver.stop().await;
}

#[tokio::test]
async fn a_client_that_closes_its_sending_half_still_gets_its_ack() {
    let (receiver, _directory) = start(settings()).await;
    let mut client = Forward::connect(receiver.forward).await;
    client
        .send(&encode::packed_forward("t", &entries(0..1), Some("last")))
        .await;
    client.stream.shutdown().await.unwrap();
    assert_eq!(client.ack().await, Some(b"\xa4last".to_vec()));
    assert_eq!(client.ack().await, None);
    receiver.stop().await;
}

#[tokio::test]
async fn bad_bytes_end_the_connection_after_the_acks_that_are_owed() {
    let good = encode::packed_forward("t", &entries(0..2), Some("good"));
    let bad: &[&[u8]] = &[
        b"\xc1",
        b"GET / HTTP/1.1\r\nhost: x\r\n\r\n",
        b"\xdd\xff\xff\xff\xff",
        b"\xdb\xff\xff\xff\xff",
        b"\x90",
        b"\x94\xa1t\x01\x80\xa1x",
        b"POST /t HTTP/1.1\r\nhost: x\r\n\r\n",
    ];
    let (receiver, _directory) = start(settings_without_dedup()).await;
    for bytes in bad {
        let mut client = Forward::connect(receiver.forward).await;
        client.send(&[&good, *bytes, &good].concat()).await;
        assert_eq!(client.ack().await, Some(b"\xa4good".to_vec()), "{bytes:x?}");
        assert_eq!(client.ack().await, None, "{bytes:x?}");
    }
    let memory = receiver.stop().await;
    assert_eq!(memory.records().len(), 2 * bad.len());
}

#[tokio::test]
async fn heartbeats_of_both_kinds_cost_nothing() {
    let (receiver, _directory) = start(settings()).await;
    for _ in 0..3 {
        drop(TcpStream::connect(receiver.forward).await.unwrap());
    }
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.send_to(&[0], receiver.forward).await.unwrap();
    let mut answer = [9; 4];
    let (length, _) = socket.recv_from(&mut answer).await.unwrap();
    assert_eq!((length, answer[0]), (1, 0));
    let refused = "log_ingest_refused_messages_total{receiver=\"forward\",reason=\"malformed\"}";
    assert_eq!(receiver.metric(refused), None);
    receiver.stop().await;
}

#[tokio::test]
async fn silent_and_surplus_connections_are_closed() {
    let mut file = settings();
    file.forward.idle_timeout_ms = 100;
    file.forward.stall_timeout_ms = 50;
    file.forward.max_connections = 2;
    let (receiver, _directory) = start(file).await;
    let mut idle = Forward::connect(receiver.forward).await;
    let mut stalled = Forward::connect(receiver.forward).await;
    stalled.send(b"\x93\xa1t").await;
    let mut surplus = Forward::connect(receiver.forward).await;
    assert_eq!(surplus.ack().await, None);
    assert_eq!(stalled.ack().await, None);
    assert_eq!(idle.ack().await, None);
    let stalls = "log_ingest_refused_messages_total{receiver=\"forward\",reason=\"stalled\"}";
    assert_eq!(receiver.metric(stalls), Some(1.0));
    receiver.stop().await;
}

#[tokio::test]
async fn many_connections_at_once_lose_and_double_nothing() {
    let (receiver, _directory) = start(settings()).await;
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..16u64 {
        let address = receiver.forward;
        clients.spawn(async move {
            let mut connection = Forward::connect(address).await;
            for round in 0..10 {
                let first = (client * 10 + round) * 100;
                let chunk = format!("{first}");
                let message =
                    encode::packed_forward("t", &entries(first..first + 100), Some(&chunk));
                connection.send(&message).await;
                assert!(connection.ack().await.is_some());
            }
        });
    }
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
    let memory = receiver.stop().await;
    let mut found = ids(&memory.records());
    found.sort_unstable();
    assert_eq!(found, (0..16_000).collect::<Vec<u64>>());
}

#[tokio::test]
async fn shutdown_answers_what_was_received_and_lands_it() {
    let mut file = settings();
    file.buffer.segment_age_ms = 3_600_000;
    let (receiver, _directory) = start(file).await;
    let mut client = Forward::connect(receiver.forward).await;
    client
        .send(&encode::packed_forward("t", &entries(0..5), Some("x")))
        .await;
    assert!(client.ack().await.is_some());
    assert!(receiver.memory.records().is_empty());
    let stopped = tokio::time::timeout(Duration::from_secs(20), receiver.stop())
        .await
        .unwrap();
    assert_eq!(ids(&stopped.records()), [0, 1, 2, 3, 4]);
    assert_eq!(client.ack().await, None);
    assert_eq!(
        stopped
            .records()
            .first()
            .map(|record| record.fields.get("text").cloned()),
        Some(Some(json!("some text of an event")))
    );
}
