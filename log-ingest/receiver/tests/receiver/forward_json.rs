//! JSON on the forward port, as Fluentd takes it: answers are JSON too.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::setup::{settings_without_dedup, start};

async fn answers(address: std::net::SocketAddr, sent: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn messages_as_json_text() {
    let (receiver, _directory) = start(settings_without_dedup()).await;
    let cases = [
        (r#"["t",1700000000,{"id":0}]"#, ""),
        (
            "[\"t\",1700000000,{\"id\":1}]\n\n[\"t\",1700000000.5,{\"id\":2,\"id\":3}]\n",
            "",
        ),
        (r#" ["t",1,{"a":1},{"chunk":"x"}]"#, ""),
        (
            r#"["t",1700000000,{"a":"\n"},{"chunk":"ab\n"}]["t",[[1,{"a":1}],[2,7]],{"chunk":7}]"#,
            r#"{"ack":"ab\n"}{"ack":7}"#,
        ),
        (r#"["t",1,{"a":1},{"chunk":"x"}]nonsense"#, r#"{"ack":"x"}"#),
        (
            r#"["t",1,{"a":1},{"chunk":"x"}]["t",1,{"a":tru}]"#,
            r#"{"ack":"x"}"#,
        ),
        (r#"{"a":1}"#, ""),
    ];
    for (sent, expected) in cases {
        assert_eq!(answers(receiver.forward, sent).await, expected, "{sent}");
    }
    let records = receiver.stop().await.records();
    let fields: Vec<Value> = records
        .iter()
        .map(|record| Value::Object(record.fields.clone()))
        .collect();
    let expected = [
        json!({"id": 0}),
        json!({"id": 1}),
        json!({"id": 3}),
        json!({"a": "\n"}),
        json!({"a": 1}),
        json!({"error": "entry 1: the record is not a map", "base64": "3QAAAAICBw=="}),
        json!({"a": 1}),
        json!({"a": 1}),
    ];
    assert_eq!(fields, expected);
    let times: Vec<_> = records
        .iter()
        .take(3)
        .map(|record| record.event_time_us)
        .collect();
    assert_eq!(
        times,
        [
            Some(1_700_000_000_000_000),
            Some(1_700_000_000_000_000),
            Some(1_700_000_000_500_000)
        ]
    );
}
