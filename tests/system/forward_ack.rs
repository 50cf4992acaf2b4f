//! Any client of the forward protocol, in each of its modes: what is acknowledged survives a crash.

use forward_protocol::{EventTime, encode, write_record};
use serde_json::{Map, Value, json};
use system_tests::forward_sender::{ForwardSender, entries};
use system_tests::stack::{Plan, Stack};

const TAG: &str = "ads.render";

fn record(event_id: &str) -> Map<String, Value> {
    let record = json!({ "event_id": event_id, "event": "page_started", "elapsed_ms": 0.0 });
    record.as_object().unwrap().clone()
}

#[tokio::test]
async fn each_mode_is_acknowledged_and_survives_a_crash() {
    let mut stack = Stack::start(Plan::worked_example()).await.unwrap();
    let two = |name: &str| entries(&[record(&format!("{name}-0")), record(&format!("{name}-1"))]);
    let mut one = Vec::new();
    write_record(&mut one, &record("message-0"));
    let messages = [
        encode::message(TAG, EventTime::from_micros(0), &one, Some("chunk")),
        encode::forward(TAG, &two("forward"), Some("chunk")),
        encode::packed_forward(TAG, &two("packed"), Some("chunk")),
        encode::compressed_packed_forward(TAG, &two("compressed"), Some("chunk")),
    ];
    let address = stack.log().unwrap().address("forward").to_owned();
    let mut sender = ForwardSender::connect(&address).await.unwrap();
    for message in &messages {
        sender.send(message, "chunk").await.unwrap();
    }
    stack.crash_log_ingest().await.unwrap();

    let query = "SELECT event_id FROM render_events ORDER BY event_id";
    let rows = stack.rows(query, 7).await.unwrap();
    let ids: Vec<&str> = rows
        .iter()
        .map(|row| row["event_id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "compressed-0",
            "compressed-1",
            "forward-0",
            "forward-1",
            "message-0",
            "packed-0",
            "packed-1"
        ]
    );
}
