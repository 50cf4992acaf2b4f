//! Records come in order and complete, even if a reader stops early or reads twice, and never all at once.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use uuid::Uuid;

use super::{BATCH, Reading, Records};
use crate::buffer::{ChunkWindow, Header, Payload, Window, encode_record};

const EVENTS: usize = 10 * BATCH + 7;

fn reading() -> Reading {
    let header = Header {
        buffer_id: Uuid::from_u128(7),
        seq: 3,
        created_at_us: 1,
    };
    let mut bytes = header.encode();
    for number in 0..EVENTS {
        let body = format!("{{\"id\":{number},\"time\":2}}");
        let payload = Payload::http(5, None, "t", Bytes::from(body));
        encode_record(&mut bytes, &payload);
    }
    let window = Window {
        chunks: 10,
        age: Duration::from_secs(1),
    };
    let reading = Reading::of(bytes, Arc::new(ChunkWindow::new(window)));
    assert_eq!(reading.header(), Some(header));
    reading
}

fn id(record: &crate::Record) -> u64 {
    record
        .fields
        .get("id")
        .and_then(serde_json::Value::as_u64)
        .unwrap()
}

#[test]
fn all_records_come_in_order_as_often_as_they_are_asked_for() {
    let reading = Arc::new(reading());
    let records = Records::stored(Arc::clone(&reading));
    for _ in 0..2 {
        let read: Vec<_> = records.clone().into_iter().collect();
        let ids: Vec<u64> = read.iter().map(id).collect();
        assert_eq!(ids, (0..EVENTS as u64).collect::<Vec<_>>());
        assert!(
            read.iter()
                .all(|record| record.event_time_us == Some(2_000_000))
        );
        let totals = reading.findings().totals().unwrap();
        assert_eq!(totals.survey, super::Survey::default());
    }
}

#[test]
fn a_reader_runs_ahead_by_few_batches_and_ends_when_nobody_listens() {
    let (out, batches) = std::sync::mpsc::sync_channel(1);
    std::thread::scope(|scope| {
        let reading = reading();
        let reader = scope.spawn(move || reading.send(&(0..u64::MAX), &out));
        // The third batch waits on its way in, so there are never more than that.
        assert_eq!(batches.recv().unwrap().len(), BATCH);
        drop(batches);
        reader.join().unwrap();
    });
}

#[test]
fn who_reads_nothing_still_learns_what_is_damaged() {
    let mut reading = reading();
    let middle = reading.bytes.len() / 2;
    *reading.bytes.get_mut(middle).unwrap() ^= 1;
    let reading = Arc::new(reading);
    drop(Records::stored(Arc::clone(&reading)).into_iter().next());
    assert!(reading.findings().totals().is_none());
    assert_eq!(reading.read_through().survey.damaged, 1);
    let findings = reading.findings();
    let whole = Records::stored(reading).into_iter().count();
    assert_eq!(findings.totals().unwrap().survey.damaged, 1);
    assert_eq!(whole, EVENTS - 1);
}
