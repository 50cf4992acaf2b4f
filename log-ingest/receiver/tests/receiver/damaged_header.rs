//! A flipped bit in the head of a segment costs nothing: its records say all that is needed.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use forward_protocol::encode;

use crate::clients::{Forward, entries, ids};
use crate::setup::{Memory, settings, start_in};

/// Leaves one segment with three acknowledged events, and returns its file's name and bytes.
async fn left_behind(directory: &Path) -> (String, Vec<u8>) {
    let memory = Arc::new(Memory::default());
    memory.refuses.store(true, Ordering::SeqCst);
    let mut file = settings();
    file.buffer.shutdown_grace_ms = 50;
    let receiver = start_in(file, directory, memory).await;
    let mut client = Forward::connect(receiver.forward).await;
    let message = encode::packed_forward("t", &entries(0..3), Some("c"));
    client.send(&message).await;
    assert!(client.ack().await.is_some());
    receiver.stop().await;
    let mut names = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let name = names.find(|name| name.ends_with(".segment")).unwrap();
    let bytes = fs::read(directory.join(&name)).unwrap();
    (name, bytes)
}

#[tokio::test]
async fn a_flipped_bit_anywhere_in_the_header_loses_nothing_and_is_counted() {
    const HEADER_BYTES: usize = 48;
    let directory = tempfile::tempdir().unwrap();
    let (name, whole) = left_behind(directory.path()).await;
    let mut buffer_ids = Vec::new();
    for at in 0..=HEADER_BYTES {
        let mut bytes = whole.clone();
        // The last round is the one without damage.
        let damaged = u64::from(at < HEADER_BYTES);
        if damaged > 0 {
            bytes[at] ^= 1 << (at % 8);
        }
        // The memory of chunks that have landed is not what is tested here.
        for entry in fs::read_dir(directory.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "index") {
                fs::remove_file(path).unwrap();
            }
        }
        fs::write(directory.path().join(&name), bytes).unwrap();
        let receiver = start_in(settings(), directory.path(), Arc::default()).await;
        assert_eq!(ids(&receiver.memory.wait_for(3).await), [0, 1, 2], "{at}");
        let counted = "log_ingest_damaged_segments_total";
        while receiver.sum(counted, "header") < damaged {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            receiver.sum("log_ingest_dropped_events_total", ""),
            0,
            "{at}"
        );
        let segments = receiver.stop().await.segments();
        buffer_ids.push((segments[0].buffer_id.clone(), segments[0].seq));
        assert!(!directory.path().join(&name).exists(), "{at}");
    }
    // A sink that landed it before the damage knows it by the same name.
    buffer_ids.dedup();
    assert_eq!(buffer_ids.len(), 1);
}

#[tokio::test]
async fn a_file_without_any_record_is_counted_and_kept_aside() {
    let directory = tempfile::tempdir().unwrap();
    let (name, whole) = left_behind(directory.path()).await;
    let path = directory.path().join(&name);
    fs::write(&path, vec![0x5a; whole.len()]).unwrap();
    let receiver = start_in(settings(), directory.path(), Arc::default()).await;
    assert_eq!(receiver.sum("log_ingest_damaged_segments_total", "file"), 1);
    receiver.stop().await;
    assert!(directory.path().join(format!("{name}.damaged")).exists());
}
