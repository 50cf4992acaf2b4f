//! JSON that is in order except for a character or a number: nothing of it is lost, over either port.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::clients::request;
use crate::setup::{settings, start};

/// What is sent, what lands, and in how many places something was replaced.
type Case = (Vec<u8>, Value, u64);

fn cases() -> Vec<Case> {
    let half = "caf\u{fffd}";
    let text = |text: &str| text.as_bytes().to_vec();
    vec![
        (
            text(r#"[{"a":"caf\ud83d"},{"b":1}]"#),
            json!([{"a": half}, {"b": 1}]),
            1,
        ),
        (
            text("{\"a\":\"\\uDE00\"}\n{\"b\":1}\n{\"\\ud800\":2}"),
            json!([{"a": "\u{fffd}"}, {"b": 1}, {"\u{fffd}": 2}]),
            2,
        ),
        (
            b"[{\"a\":\"caf\xe9\"},{\"b\":\"\xff\xfe\"}]".to_vec(),
            json!([{"a": half}, {"b": "\u{fffd}\u{fffd}"}]),
            2,
        ),
        (
            text(r#"[{"a":1e400,"b":-1e400,"c":1e300},{"d":[1E999]}]"#),
            json!([{"a": "1e400", "b": "-1e400", "c": 1e300}, {"d": ["1E999"]}]),
            3,
        ),
    ]
}

#[tokio::test]
async fn a_body_with_a_broken_character_or_number_is_stored_whole() {
    for (body, expected, replaced) in cases() {
        let shown = String::from_utf8_lossy(&body).into_owned();
        let (receiver, _directory) = start(settings()).await;
        let answer = request(receiver.http, "POST /t", &body).await;
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{shown}");
        let name = "log_ingest_replaced_texts_total";
        assert_eq!(receiver.sum(name, ""), replaced, "{shown}");
        let records = receiver.stop().await.records();
        let fields = records.iter().map(|record| json!(record.fields));
        assert_eq!(fields.collect::<Value>(), expected, "{shown}");
    }
}

/// Anything else that is wrong with a body stays wrong, and costs as much as before.
#[tokio::test]
async fn a_line_that_is_broken_otherwise_still_costs_itself_alone() {
    let (receiver, _directory) = start(settings()).await;
    let body = b"{\"id\":1,\"a\":\"\\ud83d\"}\n{\"id\":2,\"a\":\"open}\n{\"id\":3,\"a\":1e999}\n";
    let answer = request(receiver.http, "POST /t", body).await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.json()["stored"], json!(2));
    let records = receiver.stop().await.records();
    let faults = records.iter().filter(|record| record.fault.is_some());
    assert_eq!((records.len(), faults.count()), (3, 1));
}

#[tokio::test]
async fn a_message_of_json_with_a_broken_character_or_number_is_acknowledged() {
    let (receiver, _directory) = start(settings()).await;
    let mut stream = TcpStream::connect(receiver.forward).await.unwrap();
    let messages: [&[u8]; 3] = [
        br#"["t",1,{"a":"caf\ud83d"},{"chunk":"1"}]"#,
        b"[\"t\",1,{\"a\":\"caf\xe9\"},{\"chunk\":\"2\"}]",
        br#"["t",[[1,{"a":1e400}],[1,{"b":1}]],{"chunk":"3"}]"#,
    ];
    stream.write_all(&messages.concat()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut acks = String::new();
    stream.read_to_string(&mut acks).await.unwrap();
    assert_eq!(acks, r#"{"ack":"1"}{"ack":"2"}{"ack":"3"}"#);
    assert_eq!(receiver.sum("log_ingest_replaced_texts_total", ""), 3);
    let records = receiver.stop().await.records();
    let fields: Vec<Value> = records.iter().map(|record| json!(record.fields)).collect();
    let half = json!({"a": "caf\u{fffd}"});
    assert_eq!(
        fields,
        [half.clone(), half, json!({"a": "1e400"}), json!({"b": 1})]
    );
}
