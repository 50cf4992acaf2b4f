//! The same chunk sent again: acknowledged again, stored once, whatever happened in between.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use forward_protocol::encode;

use crate::clients::{Forward, entries, ids, request};
use crate::setup::{Memory, Running, settings, start, start_in};

fn chunk(range: std::ops::Range<u64>, id: &str) -> Vec<u8> {
    encode::packed_forward("ads.render", &entries(range), Some(id))
}

async fn acknowledged(receiver: &Running, message: &[u8]) {
    let mut client = Forward::connect(receiver.forward).await;
    client.send(message).await;
    assert!(client.ack().await.is_some());
}

#[tokio::test]
async fn a_repeated_chunk_is_acknowledged_and_stored_once_and_counted() {
    let (receiver, _directory) = start(settings()).await;
    for _ in 0..3 {
        acknowledged(&receiver, &chunk(0..5, "1")).await;
    }
    // The same id from a client that means something else by it, and another tag.
    acknowledged(&receiver, &chunk(5..8, "1")).await;
    let other = encode::packed_forward("ads.bid", &entries(8..9), Some("1"));
    acknowledged(&receiver, &other).await;
    assert_eq!(receiver.sum("log_ingest_received_events_total", ""), 9);
    assert_eq!(receiver.sum("log_ingest_repeated_events_total", ""), 10);
    assert_eq!(receiver.sum("log_ingest_tag_events_total", "duplicate"), 10);
    assert_eq!(
        ids(&receiver.stop().await.records()),
        (0..9).collect::<Vec<u64>>()
    );
}

#[tokio::test]
async fn without_a_chunk_id_or_without_a_window_nothing_is_a_repetition() {
    let mut file = settings();
    file.buffer.dedup_chunks = 0;
    let (receiver, _directory) = start(file).await;
    for _ in 0..2 {
        acknowledged(&receiver, &chunk(0..1, "1")).await;
    }
    assert_eq!(ids(&receiver.stop().await.records()), [0, 0]);
    let (receiver, _directory) = start(settings()).await;
    let mut client = Forward::connect(receiver.forward).await;
    let bare = encode::packed_forward("t", &entries(0..1), None);
    client.send(&[bare.clone(), bare].concat()).await;
    assert_eq!(ids(&receiver.memory.wait_for(2).await), [0, 0]);
    receiver.stop().await;
}

#[tokio::test]
async fn many_at_once_wait_for_one_sync_and_one_of_them_is_stored() {
    let (receiver, _directory) = start(settings()).await;
    let message = chunk(0..50, "same");
    let mut clients = Vec::new();
    for _ in 0..20 {
        clients.push(Forward::connect(receiver.forward).await);
    }
    for client in &mut clients {
        client.send(&message).await;
    }
    for client in &mut clients {
        assert!(client.ack().await.is_some());
    }
    assert_eq!(receiver.stop().await.records().len(), 50);
}

#[tokio::test]
async fn a_chunk_that_the_disk_refused_is_stored_when_it_comes_again() {
    let (receiver, _directory) = start(settings()).await;
    receiver.switch.syncs_fail.store(true, Ordering::SeqCst);
    let mut client = Forward::connect(receiver.forward).await;
    client.send(&chunk(0..2, "c")).await;
    assert_eq!(client.ack().await, None);
    receiver.switch.syncs_fail.store(false, Ordering::SeqCst);
    acknowledged(&receiver, &chunk(0..2, "c")).await;
    acknowledged(&receiver, &chunk(0..2, "c")).await;
    assert_eq!(ids(&receiver.stop().await.records()), [0, 1]);
}

async fn life(directory: &Path, memory: &Arc<Memory>, messages: &[Vec<u8>]) {
    let mut file = settings();
    if memory.refuses.load(Ordering::SeqCst) {
        // There is nothing to wait for.
        file.buffer.shutdown_grace_ms = 50;
    }
    let receiver = start_in(file, directory, Arc::clone(memory)).await;
    for message in messages {
        acknowledged(&receiver, message).await;
    }
    receiver.stop().await;
}

#[tokio::test]
async fn restarts_know_what_had_landed_and_what_had_not() {
    let directory = tempfile::tempdir().unwrap();
    let memory = Arc::new(Memory::default());
    let messages: Vec<Vec<u8>> = (0..4).map(|n| chunk(n..n + 1, "c")).collect();
    life(directory.path(), &memory, &messages[..2]).await;
    life(directory.path(), &memory, &messages[..1]).await;
    memory.refuses.store(true, Ordering::SeqCst);
    life(directory.path(), &memory, &messages[1..3]).await;
    life(directory.path(), &memory, &messages[2..]).await;
    memory.refuses.store(false, Ordering::SeqCst);
    life(directory.path(), &memory, &messages).await;
    assert_eq!(ids(&memory.records()), [0, 1, 2, 3]);
}

#[tokio::test]
async fn a_body_with_an_idempotency_key_is_stored_once() {
    let (receiver, _directory) = start(settings()).await;
    type Post<'a> = (&'a str, &'a [u8]);
    let posts: [Post<'_>; 5] = [
        ("POST /t\nidempotency-key: a", br#"{"id":0}"#),
        ("POST /t\nidempotency-key: a", br#"{"id":0}"#),
        ("POST /t\nIdempotency-Key: b", br#"{"id":0}"#),
        ("POST /u\nidempotency-key: a", br#"{"id":0}"#),
        ("POST /t\nidempotency-key: a", br#"{"id":1}"#),
    ];
    for (head, body) in posts {
        assert_eq!(request(receiver.http, head, body).await.status, 204);
    }
    assert_eq!(receiver.sum("log_ingest_repeated_events_total", "http"), 1);
    assert_eq!(ids(&receiver.stop().await.records()), [0, 0, 0, 1]);
}
