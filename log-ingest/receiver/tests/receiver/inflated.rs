//! Messages that are small on the wire and large in memory.

use std::collections::BTreeMap;

use forward_protocol::{EventTime, PackedEntries, encode};
use serde_json::{Value, json};

use crate::clients::Forward;
use crate::setup::{settings, start};

const MIB: usize = 1 << 20;
/// A field of a mebibyte in each event.
const EVENTS: u64 = 4;

/// A zstd message of 4 MiB that takes less than a kilobyte on the wire.
fn bomb(number: u64) -> Vec<u8> {
    let mut entries = PackedEntries::new();
    for event in 0..EVENTS {
        let record = json!({"id": number * EVENTS + event, "text": "x".repeat(MIB)});
        let time = EventTime::from_micros(1_700_000_000_000_000);
        entries.push(time, record.as_object().unwrap());
    }
    let zipped = zstd::bulk::compress(entries.as_bytes(), 3).unwrap();
    let count = u32::try_from(EVENTS).unwrap();
    let message = encode::carried_forward(
        "t",
        (&zipped, count),
        Some(&format!("chunk {number}")),
        Some("zstd"),
    );
    assert!(message.len() < 4096);
    message
}

/// A segment is sealed by what it comes to in memory; all of these together would be one segment by their bytes.
#[tokio::test]
async fn segments_are_sealed_by_inflated_bytes() {
    const BOMBS: u64 = 38;
    let mut file = settings();
    file.buffer.segment_age_ms = 3_600_000;
    file.buffer.segment_inflated_bytes = 10 << 20;
    let (receiver, _directory) = start(file).await;
    let mut client = Forward::connect(receiver.forward).await;
    let all: Vec<u8> = (0..BOMBS).flat_map(bomb).collect();
    client.send(&all).await;
    for _ in 0..BOMBS {
        assert!(client.ack().await.is_some());
    }
    let memory = receiver.stop().await;
    let mut bytes: BTreeMap<u64, usize> = BTreeMap::new();
    for segment in memory.segments() {
        let texts = segment.records.iter().map(|record| {
            let text = record.fields.get("text").and_then(Value::as_str);
            text.map_or(0, str::len)
        });
        *bytes.entry(segment.seq).or_default() += texts.sum::<usize>();
    }
    assert!(bytes.values().all(|bytes| *bytes <= 10 * MIB), "{bytes:?}");
    let events = usize::try_from(BOMBS * EVENTS).unwrap();
    assert_eq!(bytes.values().sum::<usize>(), events * MIB);
}

/// A message that is larger than a segment may be gets a segment of its own.
#[tokio::test]
async fn a_message_larger_than_a_segment_lands() {
    let mut file = settings();
    file.buffer.segment_inflated_bytes = 1;
    let (receiver, _directory) = start(file).await;
    let mut client = Forward::connect(receiver.forward).await;
    for number in 0..3 {
        client.send(&bomb(number)).await;
        assert!(client.ack().await.is_some());
    }
    let segments = receiver.stop().await.segments();
    let lengths: Vec<usize> = segments
        .iter()
        .map(|segment| segment.records.len())
        .collect();
    assert_eq!(lengths, [4, 4, 4]);
}

/// What inflates beyond the cap is refused before the ack, and says so.
#[tokio::test]
async fn a_message_that_inflates_beyond_the_cap_gets_no_ack() {
    let mut file = settings();
    file.forward.max_inflated_bytes = 4 * u64::try_from(MIB).unwrap();
    let (receiver, _directory) = start(file).await;
    let mut client = Forward::connect(receiver.forward).await;
    client.send(&bomb(0)).await;
    assert_eq!(client.ack().await, None);
    let refused = "log_ingest_refused_messages_total";
    assert_eq!(receiver.sum(refused, "too_large"), 1);
    assert!(receiver.stop().await.records().is_empty());
}
