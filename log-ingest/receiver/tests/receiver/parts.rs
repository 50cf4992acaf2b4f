//! A segment whose events cannot be landed together, and events that cannot be landed at all.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use log_receiver::{ReceiverFile, Record};
use serde_json::Value;

use crate::clients::{ids, request};
use crate::setup::{Memory, Running, settings, start_in};

fn id(record: &Record) -> Option<u64> {
    record.fields.get("id").and_then(Value::as_u64)
}

/// Segments of many requests each.
fn one_segment() -> ReceiverFile {
    let mut file = settings();
    file.buffer.segment_age_ms = 3_600_000;
    file
}

async fn open(directory: &Path, memory: &Arc<Memory>) -> Running {
    start_in(one_segment(), directory, Arc::clone(memory)).await
}

/// Events one by one and in batches, with repeated ones among them.
async fn post(receiver: &Running, ids: std::ops::Range<u64>) {
    for id in ids {
        let body = format!("[{{\"id\":{id}}},{{\"id\":{}}}]", id + 1000);
        let head = format!("POST /t\nidempotency-key: {id}");
        for _ in 0..2 {
            let answer = request(receiver.http, &head, body.as_bytes()).await;
            assert_eq!(answer.status, 204);
        }
    }
}

fn sorted(records: &[Record]) -> Vec<u64> {
    let events: Vec<&Record> = records
        .iter()
        .filter(|record| record.fault.is_none())
        .collect();
    let mut ids = ids(events);
    ids.sort_unstable();
    ids
}

fn all(ids: std::ops::Range<u64>) -> Vec<u64> {
    let mut all: Vec<u64> = ids.flat_map(|id| [id, id + 1000]).collect();
    all.sort_unstable();
    all
}

fn files(directory: &Path, end: &str) -> Vec<String> {
    let names = std::fs::read_dir(directory).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(end)).collect()
}

#[tokio::test]
async fn too_many_events_at_once_land_in_parts() {
    let directory = tempfile::tempdir().unwrap();
    let memory = Arc::new(Memory::default());
    *memory.cannot_take.lock().unwrap() = Some(|records| records.len() > 7);
    let receiver = open(directory.path(), &memory).await;
    post(&receiver, 0..30).await;
    let split = receiver.sum("log_ingest_split_segments_total", "");
    assert_eq!(split, 0);
    receiver.stop().await;
    assert_eq!(sorted(&memory.records()), all(0..30));
    let segments = memory.segments();
    assert!(segments.iter().all(|segment| segment.records.len() <= 7));
    let mut names: Vec<(String, u64)> = segments
        .iter()
        .map(|segment| (segment.buffer_id.clone(), segment.seq))
        .collect();
    assert!(names.is_sorted_by(|left, right| left < right), "{names:?}");
    names.dedup();
    assert_eq!(names.len(), segments.len());
    for end in [".segment", ".parts", ".unlandable"] {
        assert_eq!(files(directory.path(), end), Vec::<String>::new());
    }
}

#[tokio::test]
async fn the_culprit_is_set_aside_and_everything_around_it_lands() {
    let directory = tempfile::tempdir().unwrap();
    let memory = Arc::new(Memory::default());
    *memory.cannot_take.lock().unwrap() = Some(|records| {
        records
            .iter()
            .any(|record| matches!(id(record), Some(7 | 1012)))
    });
    let receiver = open(directory.path(), &memory).await;
    post(&receiver, 0..20).await;
    receiver.stop().await;
    let records = memory.records();
    let mut expected = all(0..20);
    expected.retain(|id| ![7, 1012].contains(id));
    assert_eq!(sorted(&records), expected);
    let faults: Vec<&Record> = records
        .iter()
        .filter(|record| record.fault.is_some())
        .collect();
    let texts: Vec<&str> = faults
        .iter()
        .map(|record| record.fields["text"].as_str().unwrap())
        .collect();
    assert_eq!(faults[0].fault, Some("unlandable"));
    assert_eq!(faults[0].fields["error"], "a record that no column holds");
    assert!(texts[0].contains("\"id\":7}") && texts[1].contains("\"id\":1012}"));
    assert_eq!((texts.len(), faults[0].tag.as_str()), (2, "t"));
}

/// Not even the quarantine takes it.
#[tokio::test]
async fn what_nobody_takes_is_kept_in_a_file_and_counted() {
    let directory = tempfile::tempdir().unwrap();
    let memory = Arc::new(Memory::default());
    *memory.cannot_take.lock().unwrap() = Some(|records| {
        records
            .iter()
            .any(|record| id(record) == Some(3) || record.fault.is_some())
    });
    let receiver = open(directory.path(), &memory).await;
    post(&receiver, 0..5).await;
    // The next segment is not kept waiting.
    let mut file = one_segment();
    file.buffer.segment_age_ms = 20;
    receiver.stop().await;
    let receiver = start_in(file, directory.path(), Arc::clone(&memory)).await;
    post(&receiver, 50..51).await;
    memory.wait_for(11).await;
    receiver.stop().await;
    let mut expected = [all(0..5), all(50..51)].concat();
    expected.sort_unstable();
    expected.retain(|id| *id != 3);
    assert_eq!(sorted(&memory.records()), expected);
    let kept = files(directory.path(), ".unlandable");
    assert_eq!(kept.len(), 1);
    let text = std::fs::read_to_string(directory.path().join(&kept[0])).unwrap();
    let text: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(text["tag"], "t");
    assert_eq!(text["fields"]["id"], 3);
}

/// The store goes away in the middle, and the program with it: what has landed does not land again.
#[tokio::test]
async fn landing_in_parts_goes_on_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let memory = Arc::new(Memory::default());
    *memory.cannot_take.lock().unwrap() = Some(|records| records.len() > 4);
    memory.fails_after.store(3, Ordering::SeqCst);
    let mut file = one_segment();
    file.buffer.shutdown_grace_ms = 1000;
    let receiver = start_in(file, directory.path(), Arc::clone(&memory)).await;
    post(&receiver, 0..20).await;
    receiver.stop().await;
    assert_eq!(memory.segments().len(), 3);
    assert_eq!(files(directory.path(), ".parts").len(), 1);
    memory.fails_after.store(u32::MAX, Ordering::SeqCst);
    open(directory.path(), &memory).await.stop().await;
    assert_eq!(sorted(&memory.records()), all(0..20));
    assert_eq!(files(directory.path(), ".parts"), Vec::<String>::new());
}
