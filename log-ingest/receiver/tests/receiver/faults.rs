//! A disk that fails: nothing is acknowledged, nothing that was acknowledged is lost, and it heals by itself.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use forward_protocol::encode;
use serde_json::json;

use crate::clients::{Forward, entries, ids, request};
use crate::outputs::{outputs, until};
use crate::setup::{Memory, Running, Switch, settings, start, start_in, start_with};

/// Sends one chunk on a connection of its own; was it acknowledged?
async fn acknowledged(receiver: &Running, id: u64) -> bool {
    let mut client = Forward::connect(receiver.forward).await;
    client
        .send(&encode::packed_forward(
            "t",
            &entries(id..id + 1),
            Some("c"),
        ))
        .await;
    client.ack().await.is_some()
}

async fn fails_and_heals(turn: impl Fn(&Switch, bool)) {
    let mut file = settings();
    // One segment for the whole test, unless a failure ends it.
    file.buffer.segment_age_ms = 3_600_000;
    let (receiver, _directory) = start(file).await;
    let mut stored = Vec::new();
    for id in 0..2 {
        stored.push(acknowledged(&receiver, id).await);
    }
    turn(&receiver.switch, true);
    refuses_everything(&receiver).await;
    turn(&receiver.switch, false);
    stored.push(acknowledged(&receiver, 2).await);
    assert_eq!(stored, [true; 3]);
    let answer = request(receiver.http, "POST /t", br#"{"id":3}"#).await;
    let status = request(receiver.http, "GET /status", b"").await;
    assert_eq!((answer.status, status.status), (204, 200));
    let memory = receiver.stop().await;
    assert_eq!(ids(&memory.records()), [0, 1, 2, 3]);
    assert_eq!(memory.segments().len(), 2);
}

async fn refuses_everything(receiver: &Running) {
    for id in 100..103 {
        assert!(!acknowledged(receiver, id).await);
    }
    let answer = request(receiver.http, "POST /t", br#"{"id":104}"#).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "1"));
    let status = request(receiver.http, "GET /status", b"").await;
    assert_eq!(
        (status.status, status.json()["state"].clone()),
        (503, json!("disk_failed"))
    );
}

#[tokio::test]
async fn no_ack_when_the_sync_fails() {
    fails_and_heals(|switch, on| switch.syncs_fail.store(on, Ordering::SeqCst)).await;
}

#[tokio::test]
async fn no_ack_when_the_disk_is_full_in_the_middle_of_a_write() {
    fails_and_heals(|switch, on| switch.appends_fail.store(on, Ordering::SeqCst)).await;
}

#[tokio::test]
async fn no_ack_when_no_file_can_be_made() {
    fails_and_heals(|switch, on| {
        switch.creates_fail.store(on, Ordering::SeqCst);
        switch.syncs_fail.store(on, Ordering::SeqCst);
    })
    .await;
}

/// A segment of one acknowledged event, whose file holds a second one that the disk may not have kept and that
/// cannot be cut off; a later event is acknowledged again.
async fn with_a_segment_that_cannot_be_cut(directory: &Path) -> Running {
    let mut file = settings();
    file.buffer.segment_age_ms = 3_600_000;
    let receiver = start_in(file, directory, Arc::default()).await;
    assert!(acknowledged(&receiver, 0).await);
    let Switch {
        syncs_fail,
        cuts_fail,
        ..
    } = &*receiver.switch;
    cuts_fail.store(true, Ordering::SeqCst);
    syncs_fail.store(true, Ordering::SeqCst);
    assert!(!acknowledged(&receiver, 1).await);
    syncs_fail.store(false, Ordering::SeqCst);
    assert!(acknowledged(&receiver, 2).await);
    receiver
}

#[tokio::test]
async fn a_segment_lands_once_it_ends_where_its_file_does() {
    let directory = tempfile::tempdir().unwrap();
    let receiver = with_a_segment_that_cannot_be_cut(directory.path()).await;
    assert!(receiver.memory.records().is_empty());
    receiver.switch.cuts_fail.store(false, Ordering::SeqCst);
    assert!(acknowledged(&receiver, 1).await);
    // The disk is asked again after a rest, whether something is sent or not.
    assert_eq!(ids(&receiver.memory.wait_for(1).await), [0]);
    assert_eq!(ids(&receiver.stop().await.records()), [0, 2, 1]);
}

/// Had part of it landed, the event would be taken for stored when it is sent again, and would be nowhere.
#[tokio::test]
async fn what_a_crash_brings_back_has_not_landed_without_it() {
    let directory = tempfile::tempdir().unwrap();
    let receiver = with_a_segment_that_cannot_be_cut(directory.path()).await;
    assert_eq!(receiver.stop().await.segments().len(), 0);

    let receiver = start_in(settings(), directory.path(), Arc::default()).await;
    assert!(acknowledged(&receiver, 1).await);
    assert!(acknowledged(&receiver, 3).await);
    assert_eq!(ids(&receiver.stop().await.records()), [0, 1, 2, 3]);
}

#[tokio::test]
async fn a_start_on_a_full_disk_lands_what_is_there_and_takes_more_once_there_is_room() {
    let directory = tempfile::tempdir().unwrap();
    let memory = Arc::new(Memory::default());
    memory.refuses.store(true, Ordering::SeqCst);
    let mut file = settings();
    file.buffer.shutdown_grace_ms = 50;
    let before = start_in(file, directory.path(), Arc::clone(&memory)).await;
    assert!(acknowledged(&before, 0).await);
    before.stop().await;
    memory.refuses.store(false, Ordering::SeqCst);

    let switch = Arc::new(Switch::default());
    switch.creates_fail.store(true, Ordering::SeqCst);
    switch.appends_fail.store(true, Ordering::SeqCst);
    let mut file = settings();
    // A new output, whose position cannot be written either.
    file.output =
        outputs("[[output]]\nkind = \"forward\"\nname = \"o\"\nservers = [\"127.0.0.1:1\"]");
    let parts = (Arc::clone(&memory), Arc::clone(&switch));
    let receiver = start_with(file, directory.path(), parts, &Default::default()).await;
    assert_eq!(ids(&memory.wait_for(1).await), [0]);
    refuses_everything(&receiver).await;
    switch.creates_fail.store(false, Ordering::SeqCst);
    switch.appends_fail.store(false, Ordering::SeqCst);
    assert!(acknowledged(&receiver, 1).await);
    assert_eq!(ids(&memory.wait_for(2).await), [0, 1]);
    until(|| receiver.sum("log_ingest_output_lag_bytes", "o") > 0).await;
    receiver.stop().await;
}

#[tokio::test]
async fn one_sync_serves_many_senders() {
    let (receiver, _directory) = start(settings()).await;
    let mut client = Forward::connect(receiver.forward).await;
    let mut burst = Vec::new();
    for id in 0..500 {
        burst.extend(encode::packed_forward("t", &entries(id..id + 1), Some("c")));
    }
    client.send(&burst).await;
    for _ in 0..500 {
        assert!(client.ack().await.is_some());
    }
    assert!(receiver.switch.syncs.load(Ordering::SeqCst) < 500);
    receiver.stop().await;
}

#[tokio::test]
async fn a_sink_that_refuses_gets_the_same_segment_again() {
    let (receiver, _directory) = start(settings()).await;
    receiver.memory.refuses.store(true, Ordering::SeqCst);
    assert!(acknowledged(&receiver, 0).await);
    while receiver.memory.attempts.load(Ordering::SeqCst) < 3 {
        tokio::task::yield_now().await;
    }
    assert!(acknowledged(&receiver, 1).await);
    receiver.memory.refuses.store(false, Ordering::SeqCst);
    assert_eq!(ids(&receiver.memory.wait_for(2).await), [0, 1]);
    assert!(receiver.metric("log_ingest_land_failures_total") >= Some(3.0));
    receiver.stop().await;
}
