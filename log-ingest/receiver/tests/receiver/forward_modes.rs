//! The cases that Fluentd and Fluent Bit test their own forward input with, against ours: modes, options, acks.

use forward_protocol::{EventTime, PackedEntries, encode};
use serde_json::{Value, json};

use crate::clients::{Forward, entries, ids};
use crate::setup::{settings, settings_without_dedup, start};

const V15: &[u8] = b"\x92\x92\xd7\0\x65\x53\xf1\0\0\0\0\x05\x80\x81\xa2id\x00";

fn with_length(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
    [b"\xdb", &length[..], bytes].concat()
}

/// Name, message without option, events in it.
type Case = (&'static str, Vec<u8>, usize);

fn modes() -> Vec<Case> {
    let two = entries(0..2);
    let bytes = two.as_bytes();
    let zstd = |bytes: &[u8]| zstd::bulk::compress(bytes, 1).unwrap();
    let members = [zstd(bytes), zstd(bytes)].concat();
    let list = |count: u8, bytes: &[u8]| [&[0x90 + count], bytes].concat();
    let v15 = [V15, V15].concat();
    vec![
        (
            "message",
            b"\xa1t\xd7\0\x65\x53\xf1\0\0\0\0\x05\x81\xa2id\x01".to_vec(),
            1,
        ),
        (
            "message with an integer time",
            b"\xa1t\xce\x65\x53\xf1\0\x81\xa2id\x01".to_vec(),
            1,
        ),
        ("forward", [b"\xa1t", &list(2, bytes)[..]].concat(), 2),
        (
            "forward with metadata",
            [b"\xa1t", &list(2, &v15)[..]].concat(),
            2,
        ),
        (
            "packed forward",
            [b"\xa1t", &with_length(bytes)[..]].concat(),
            2,
        ),
        (
            "packed forward with metadata",
            [b"\xa1t", &with_length(&v15)[..]].concat(),
            2,
        ),
        ("zstd", [b"\xa1t", &with_length(&members)[..]].concat(), 4),
    ]
}

#[tokio::test]
async fn every_mode_with_and_without_an_ack() {
    let chunk: &[u8] = b"\x83\xa5chunk\xa5YWI=\n\xa4size\x02\xadfluent_signal\0";
    let sparse: &[u8] =
        b"\xdf\0\0\0\x03\xa5chunk\xa1c\xa4size\xcd\x10\x00\xb2eventEntryDataSize\xcd\x10\x00";
    for (name, message, events) in modes() {
        let (receiver, _directory) = start(settings()).await;
        let mut client = Forward::connect(receiver.forward).await;
        let elements = if name.starts_with("message") { 3 } else { 2 };
        client
            .send(&[&[0x90 + elements], &message[..]].concat())
            .await;
        for (option, ack) in [(&chunk, &b"\xa5YWI=\n"[..]), (&sparse, b"\xa1c")] {
            client
                .send(&[&[0x91 + elements], &message[..], option].concat())
                .await;
            assert_eq!(client.ack().await.as_deref(), Some(ack), "{name}");
        }
        let memory = receiver.stop().await;
        assert_eq!(memory.records().len(), 3 * events, "{name}");
        let timed = memory
            .records()
            .iter()
            .all(|record| record.event_time_us >= Some(1_700_000_000_000_000));
        assert!(timed, "{name}");
    }
}

#[tokio::test]
async fn chunks_of_any_type_come_back_as_they_were() {
    let (receiver, _directory) = start(settings()).await;
    let mut client = Forward::connect(receiver.forward).await;
    let ids: [&[u8]; 6] = [
        b"\xa0",
        b"\x07",
        b"\xc4\x02\xff\x00",
        b"\xd9\x01c",
        b"\x91\xc3",
        b"\xcf\0\0\0\0\0\0\0\x07",
    ];
    for id in ids {
        client
            .send(&[b"\x94\xa1t\x01\x80\x81\xa5chunk", id].concat())
            .await;
        assert_eq!(client.ack().await.as_deref(), Some(id));
    }
    receiver.stop().await;
}

/// Fluentd calls it `skip_invalid_event`: two of the four are not events.
#[tokio::test]
async fn invalid_events_among_valid_ones() {
    let (receiver, _directory) = start(settings()).await;
    let mut client = Forward::connect(receiver.forward).await;
    let four = b"\x92\x01\x81\xa2id\x00\x92\x01\xa3str\x92\xc3\x81\xa2id\x05\x92\x01\x81\xa2id\x01";
    let list = [&b"\x93\xa1t\x94"[..], four, b"\x81\xa5chunk\xa1a"].concat();
    let packed = [b"\x93\xa1t", &with_length(four)[..], b"\x81\xa5chunk\xa1b"].concat();
    for message in [list, packed] {
        client.send(&message).await;
        assert!(client.ack().await.is_some());
    }
    let records = receiver.memory.wait_for(8).await;
    let (good, bad): (Vec<_>, Vec<_>) = records
        .into_iter()
        .partition(|record| record.fault.is_none());
    assert_eq!(ids(&good), [0, 1, 0, 1]);
    let faults: Vec<_> = bad.iter().filter_map(|record| record.fault).collect();
    assert_eq!(faults, ["bad_record", "bad_time", "bad_record", "bad_time"]);
    receiver.stop().await;
}

#[tokio::test]
async fn limits_of_size_close_and_leave_the_listener_in_order() {
    let mut file = settings();
    file.forward.max_message_bytes = 1000;
    let (receiver, _directory) = start(file).await;
    let large = encode::packed_forward("t", &entries(0..100), Some("c"));
    let mut half = Vec::new();
    for _ in 0..8 {
        let mut client = Forward::connect(receiver.forward).await;
        client.send(&large[..500]).await;
        half.push(client);
    }
    drop(half);
    let mut client = Forward::connect(receiver.forward).await;
    client.send(&large).await;
    assert_eq!(client.ack().await, None);
    let mut client = Forward::connect(receiver.forward).await;
    client
        .send(&encode::packed_forward("t", &entries(0..5), Some("c")))
        .await;
    assert!(client.ack().await.is_some());
    let large = "log_ingest_refused_messages_total{receiver=\"forward\",reason=\"too_large\"}";
    assert!(receiver.metric(large) >= Some(1.0));
    assert_eq!(receiver.stop().await.records().len(), 5);
}

#[tokio::test]
async fn a_batch_of_many_keeps_its_order() {
    let (receiver, _directory) = start(settings()).await;
    let mut client = Forward::connect(receiver.forward).await;
    client
        .send(&encode::forward("t", &entries(0..256), Some("c")))
        .await;
    assert!(client.ack().await.is_some());
    assert_eq!(
        ids(&receiver.stop().await.records()),
        (0..256).collect::<Vec<u64>>()
    );
}

#[tokio::test]
async fn time_zero_is_the_time_of_receipt() {
    let (receiver, _directory) = start(settings()).await;
    let mut client = Forward::connect(receiver.forward).await;
    let mut packed = PackedEntries::new();
    packed.push(
        EventTime::from_micros(0),
        json!({"id": 1}).as_object().unwrap(),
    );
    client
        .send(&encode::packed_forward("t", &packed, Some("c")))
        .await;
    assert!(client.ack().await.is_some());
    let records = receiver.stop().await.records();
    let times: Vec<_> = records.iter().map(|record| record.event_time_us).collect();
    assert_eq!(times, [None]);
    assert_eq!(
        records.first().and_then(|record| record.fields.get("id")),
        Some(&Value::from(1))
    );
}

/// Eight connections together send more at once than the memory for receiving holds.
#[tokio::test]
async fn connections_wait_for_each_other_where_memory_is_short() {
    let mut file = settings_without_dedup();
    file.forward.max_message_bytes = 1 << 20;
    file.http.max_inflated_bytes = 1 << 20;
    file.buffer.receive_bytes = (1 << 20) + (300 << 10);
    let (receiver, _directory) = start(file).await;
    let message = encode::packed_forward("t", &entries(0..16_000), Some("c"));
    assert!(message.len() > 600 << 10, "{}", message.len());
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (address, message) = (receiver.forward, message.clone());
        clients.spawn(async move {
            let mut client = Forward::connect(address).await;
            client.send(&message).await;
            assert!(client.ack().await.is_some());
        });
    }
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
    assert_eq!(receiver.stop().await.records().len(), 128_000);
}
