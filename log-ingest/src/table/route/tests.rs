//! Which rows a segment gives.

use deltalake::arrow::json::ArrayWriter;
use serde_json::json;

use super::*;

const RECEIVED: i64 = 1_790_000_000_000_000; // 2026-09-21T14:13:20Z

#[test]
fn a_record_becomes_a_row_of_its_tags_table() {
    let rows = rows_of(
        "ads.render",
        json!({"event": "ad_rendered", "elapsed_ms": 412.5, "seq": 3}),
    );
    assert_eq!(rows.0, "render_events");
    assert_eq!(
        rows.1,
        json!({
            "event_date": "2026-09-21", "received_at": "2026-09-21T14:13:20Z",
            "event": "ad_rendered", "elapsed_ms": 412.5, "seq": 3
        })
    );
}

#[test]
fn fields_without_a_column_and_misfits_stay_in_attrs() {
    let fields =
        json!({"event": "ad_rendered", "elapsed_ms": "soon", "mood": {"good": true}, "attrs": 1});
    let batches = batches(records("ads.render", fields)).unwrap();
    let row = json_row(&batches[0]);
    let attrs: Value = serde_json::from_str(row["attrs"].as_str().unwrap()).unwrap();
    assert_eq!(
        attrs,
        json!({"elapsed_ms": "soon", "mood": {"good": true}, "attrs": 1})
    );
    assert_eq!(row.get("elapsed_ms"), None);
    assert_eq!(batches[0].counts.misfit_fields, 1);
    assert_eq!(batches[0].counts.unknown_fields, 2);
}

#[test]
fn an_unknown_tag_is_quarantined_whole() {
    let (table, row) = rows_of("app.login", json!({"user": "u1", "n": [1, 2]}));
    assert_eq!(table, "quarantine");
    assert_eq!(
        row,
        json!({
            "event_date": "2026-09-21", "received_at": "2026-09-21T14:13:20Z",
            "tag": "app.login", "event_time": "1970-01-01T00:00:00.000005Z",
            "reason": "unknown_tag", "record": "{\"user\":\"u1\",\"n\":[1,2]}"
        })
    );
}

#[test]
fn a_record_without_any_known_field_is_quarantined() {
    for fields in [
        json!({}),
        json!({"message": "hi"}),
        json!({"received_at": 1}),
    ] {
        let (table, row) = rows_of("ads.bid", fields);
        assert_eq!(
            (table, &row["reason"]),
            ("quarantine", &json!("unusable_record"))
        );
    }
}

#[test]
fn what_is_no_event_is_quarantined_under_its_fault() {
    let fields = json!({"error": "entry 1: the record is not a map", "text": "x"});
    let mut records = records("ads.bid", fields.clone());
    records[0].fault = Some("bad_record");
    let row = json_row(&batches(records).unwrap()[0]);
    assert_eq!(
        (&row["tag"], &row["reason"]),
        (&json!("ads.bid"), &json!("bad_record"))
    );
    assert_eq!(row["record"], json!(fields.to_string()));
}

fn rows_of(tag: &str, fields: Value) -> (&'static str, Value) {
    let batches = batches(records(tag, fields)).unwrap();
    assert_eq!(batches.len(), 1);
    (batches[0].table.name, json_row(&batches[0]))
}

fn records(tag: &str, fields: Value) -> Vec<Record> {
    let Value::Object(fields) = fields else {
        panic!("not a map")
    };
    vec![Record {
        tag: tag.to_owned(),
        event_time_us: Some(5),
        received_at_us: RECEIVED,
        fields,
        fault: None,
    }]
}

fn json_row(batch: &TableBatch) -> Value {
    let mut writer = ArrayWriter::new(Vec::new());
    writer.write(&batch.batch).unwrap();
    writer.finish().unwrap();
    let rows: Value = serde_json::from_slice(&writer.into_inner()).unwrap();
    rows[0].clone()
}
