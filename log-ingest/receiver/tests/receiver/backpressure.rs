//! A sink that does not keep up: the buffer fills to its cap, senders hear of it, and nothing acknowledged is lost.

use std::sync::atomic::Ordering;

use forward_protocol::encode;
use serde_json::json;

use crate::clients::{Forward, entries, ids, request};
use crate::setup::{settings, start};

#[tokio::test]
async fn a_full_buffer_refuses_and_goes_on_when_there_is_room() {
    let mut file = settings();
    file.forward.max_message_bytes = 20_000;
    file.http.max_inflated_bytes = 20_000;
    file.buffer.max_bytes = 60_000;
    let (receiver, _directory) = start(file).await;
    receiver.memory.refuses.store(true, Ordering::SeqCst);
    let mut acknowledged = Vec::new();
    let refused = loop {
        let first = acknowledged.len() as u64;
        let mut client = Forward::connect(receiver.forward).await;
        client
            .send(&encode::packed_forward(
                "t",
                &entries(first..first + 100),
                Some("c"),
            ))
            .await;
        if client.ack().await.is_none() {
            break first;
        }
        acknowledged.extend(first..first + 100);
        assert!(acknowledged.len() < 10_000, "the cap does not hold");
    };
    assert!(refused > 0);
    let large = format!("[{{\"id\":1,\"text\":\"{}\"}}]", "x".repeat(15_000));
    let answer = request(receiver.http, "POST /t", large.as_bytes()).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "1"));
    let full = "log_ingest_refused_messages_total{receiver=\"forward\",reason=\"buffer_full\"}";
    assert_eq!(receiver.metric(full), Some(1.0));
    assert!(receiver.metric("log_ingest_buffered_bytes") <= Some(60_000.0));

    receiver.memory.refuses.store(false, Ordering::SeqCst);
    assert_eq!(
        ids(&receiver.memory.wait_for(acknowledged.len()).await),
        acknowledged
    );
    while receiver.metric("log_ingest_buffered_bytes") != Some(0.0) {
        tokio::task::yield_now().await;
    }
    let status = request(receiver.http, "GET /status", b"").await.json();
    assert_eq!(
        (&status["state"], &status["buffered_bytes"]),
        (&json!("ready"), &json!(0))
    );
    let mut client = Forward::connect(receiver.forward).await;
    client
        .send(&encode::packed_forward("t", &entries(0..1), Some("c")))
        .await;
    assert!(client.ack().await.is_some());
    receiver.stop().await;
}

/// Each segment costs the tables a commit: while they do not keep up, there is one that is landed, one that is next, and one
/// that takes everything else.
#[tokio::test]
async fn segments_grow_while_landing_takes_long() {
    let mut file = settings();
    file.buffer.segment_age_ms = 1;
    let (receiver, _directory) = start(file).await;
    receiver.memory.refuses.store(true, Ordering::SeqCst);
    for id in 0..50 {
        let event = format!("{{\"id\":{id}}}");
        let answer = request(receiver.http, "POST /t", event.as_bytes()).await;
        assert_eq!(answer.status, 204);
    }
    receiver.memory.refuses.store(false, Ordering::SeqCst);
    let landed = ids(&receiver.memory.wait_for(50).await);
    assert_eq!(landed, (0..50).collect::<Vec<u64>>());
    let segments = receiver.memory.segments().len();
    assert!(segments <= 3, "{segments} segments");
    receiver.stop().await;
}
