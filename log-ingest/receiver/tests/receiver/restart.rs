//! What a start finds: segments that did not land, torn tails, and the numbers used so far.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use forward_protocol::encode;

use crate::clients::{Forward, entries, ids};
use crate::setup::{Memory, settings, start_in};

async fn send(directory: &Path, memory: &Arc<Memory>, first: u64) {
    let mut file = settings();
    if memory.refuses.load(Ordering::SeqCst) {
        // There is nothing to wait for.
        file.buffer.shutdown_grace_ms = 50;
    }
    let receiver = start_in(file, directory, Arc::clone(memory)).await;
    let mut client = Forward::connect(receiver.forward).await;
    client
        .send(&encode::packed_forward(
            "t",
            &entries(first..first + 3),
            Some("c"),
        ))
        .await;
    assert!(client.ack().await.is_some());
    receiver.stop().await;
}

fn segment_files(directory: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|end| end == "segment"))
        .collect()
}

#[tokio::test]
async fn what_did_not_land_lands_after_the_next_start_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let memory = Arc::new(Memory::default());
    memory.refuses.store(true, Ordering::SeqCst);
    send(directory.path(), &memory, 0).await;
    send(directory.path(), &memory, 3).await;
    assert_eq!(segment_files(directory.path()).len(), 2);
    memory.refuses.store(false, Ordering::SeqCst);
    send(directory.path(), &memory, 6).await;
    assert_eq!(ids(&memory.wait_for(9).await), (0..9).collect::<Vec<u64>>());
    let segments = memory.segments();
    let numbers: Vec<u64> = segments.iter().map(|segment| segment.seq).collect();
    assert!(
        numbers.is_sorted_by(|left, right| left < right),
        "{numbers:?}"
    );
    assert!(
        segments
            .iter()
            .all(|segment| Some(&segment.buffer_id)
                == segments.first().map(|first| &first.buffer_id))
    );
    assert!(segment_files(directory.path()).is_empty());
}

#[tokio::test]
async fn numbers_are_not_used_again_when_all_files_are_gone() {
    let directory = tempfile::tempdir().unwrap();
    let memory = Arc::new(Memory::default());
    for round in 0..3 {
        send(directory.path(), &memory, round).await;
        assert!(segment_files(directory.path()).is_empty());
    }
    let numbers: Vec<u64> = memory
        .segments()
        .iter()
        .map(|segment| segment.seq)
        .collect();
    assert!(
        numbers.is_sorted_by(|left, right| left < right),
        "{numbers:?}"
    );
    fs::remove_file(directory.path().join("identity.json")).unwrap();
    send(directory.path(), &memory, 9).await;
    let names: std::collections::HashSet<String> = memory
        .segments()
        .into_iter()
        .map(|segment| segment.buffer_id)
        .collect();
    assert_eq!(
        names.len(),
        2,
        "a buffer that forgot its numbers has a new name"
    );
}

#[tokio::test]
async fn a_torn_tail_is_cut_off_and_counted_and_the_rest_lands() {
    let directory = tempfile::tempdir().unwrap();
    let memory = Arc::new(Memory::default());
    memory.refuses.store(true, Ordering::SeqCst);
    send(directory.path(), &memory, 0).await;
    let file = segment_files(directory.path()).pop().unwrap();
    let mut bytes = fs::read(&file).unwrap();
    bytes.extend_from_slice(&[0x55; 37]);
    fs::write(&file, bytes).unwrap();
    memory.refuses.store(false, Ordering::SeqCst);
    let receiver = start_in(settings(), directory.path(), Arc::clone(&memory)).await;
    assert_eq!(ids(&memory.wait_for(3).await), [0, 1, 2]);
    assert_eq!(receiver.metric("log_ingest_torn_bytes_total"), Some(37.0));
    receiver.stop().await;
}

#[tokio::test]
async fn a_second_receiver_on_the_same_directory_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let receiver = start_in(settings(), directory.path(), Arc::default()).await;
    let second = log_receiver::DiskStorage::open(directory.path());
    assert!(second.unwrap_err().to_string().contains("another process"));
    receiver.stop().await;
}
