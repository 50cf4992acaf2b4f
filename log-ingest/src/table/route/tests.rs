//! Which rows a segment gives.

use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::json::ArrayWriter;
use serde_json::json;

use super::*;
use crate::table::files::text;

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
            "event_date": "2026-09-21", "event_time": "2026-09-21T14:13:19.999995Z",
            "received_at": "2026-09-21T14:13:20Z", "event": "ad_rendered", "elapsed_ms": 412.5, "seq": 3
        })
    );
}

#[test]
fn fields_without_a_column_and_misfits_stay_in_attrs() {
    let fields =
        json!({"event": "ad_rendered", "elapsed_ms": "soon", "mood": {"good": true}, "attrs": 1});
    let batches = batches(records("ads.render", fields), TimeWindow::default()).unwrap();
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
fn the_count_of_events_that_were_too_many_stays_in_attrs() {
    let fields = json!({"event": "error_raised", "slot": "top", "reason": "events_dropped", "dropped": 2990});
    let (table, row) = rows_of("ads.render", fields);
    assert_eq!(
        (table, &row["reason"]),
        ("render_events", &json!("events_dropped"))
    );
    assert_eq!(row["attrs"], "{\"dropped\":2990}");
}

#[test]
fn an_unknown_tag_is_quarantined_whole() {
    let (table, row) = rows_of("app.login", json!({"user": "u1", "n": [1, 2]}));
    assert_eq!(table, "quarantine");
    assert_eq!(
        row,
        json!({
            "event_date": "2026-09-21", "event_time": "2026-09-21T14:13:20Z",
            "received_at": "2026-09-21T14:13:20Z", "tag": "app.login",
            "claimed_time": "2026-09-21T14:13:19.999995Z",
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
    let row = json_row(&batches(records, TimeWindow::default()).unwrap()[0]);
    assert_eq!(
        (&row["tag"], &row["reason"]),
        (&json!("ads.bid"), &json!("bad_record"))
    );
    assert_eq!(row["record"], json!(fields.to_string()));
}

#[test]
fn an_impossible_time_is_quarantined_with_what_was_claimed() {
    let day_ms = 86_400_000;
    for away in [-22 * day_ms, 4 * day_ms] {
        let claimed = RECEIVED / 1000 + away;
        let (table, row) = rows_of("ads.render", json!({"event": "x", "client_time": claimed}));
        assert_eq!(
            (table, &row["reason"]),
            ("quarantine", &json!("impossible_time"))
        );
        assert_eq!(row["event_date"], json!("2026-09-21"));
        assert!(row["claimed_time"].is_string() && row["record"].is_string());
    }
}

#[test]
fn no_user_agent_reaches_a_table() {
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let fields = json!({"event": "x", "user_agent": agent, "ip": "192.0.2.77"});
    for tag in ["ads.render", "app.other"] {
        let (_, row) = rows_of(tag, fields.clone());
        let text = row.to_string();
        assert!(
            text.contains("firefox") && text.contains("192.0.2.0"),
            "{text}"
        );
        assert!(
            !text.contains("Gecko") && !text.contains("192.0.2.77"),
            "{text}"
        );
    }
}

#[test]
fn many_rows_come_in_pieces_and_in_their_order() {
    let numbered = |number: usize| records("ads.render", json!({"event_id": number.to_string()}));
    let mut batches = batches((0..20_000).flat_map(numbered), TimeWindow::default()).unwrap();
    let TableBatch { pieces, counts, .. } = batches.remove(0);
    let sizes: Vec<usize> = pieces.iter().map(RecordBatch::num_rows).collect();
    assert_eq!((sizes, counts.rows), (vec![8192, 8192, 3616], 20_000));
    let ids = pieces.iter().flat_map(|piece| {
        (0..piece.num_rows()).map(|row| text(piece, "event_id", row).map(str::to_owned))
    });
    assert!(ids.eq((0..20_000).map(|number| Some(number.to_string()))));
}

/// What is compressed well comes in a small segment; its columns must not outgrow their offsets.
#[test]
fn a_piece_ends_before_its_texts_are_too_long() {
    let long = "x".repeat(20 << 20);
    let records = (0..30).flat_map(|_| records("app.other", json!({"text": long})));
    let batches = batches(records, TimeWindow::default()).unwrap();
    let rows: Vec<usize> = batches[0]
        .pieces
        .iter()
        .map(RecordBatch::num_rows)
        .collect();
    assert_eq!(rows, [13, 13, 4]);
}

#[test]
fn names_of_unknown_fields_are_counted_up_to_a_number() {
    let mut all = Vec::new();
    for number in 0..200 {
        all.extend(records(
            "ads.render",
            json!({"event": "x", "new": 1, format!("n{number}"): 1}),
        ));
    }
    let batches = batches(all, TimeWindow::default()).unwrap();
    let counts = &batches[0].counts;
    assert_eq!(
        (counts.unknown_fields, counts.unknown_names.len()),
        (400, 50)
    );
    assert_eq!(counts.unknown_names["new"], 200);
}

fn rows_of(tag: &str, fields: Value) -> (&'static str, Value) {
    let batches = batches(records(tag, fields), TimeWindow::default()).unwrap();
    assert_eq!(batches.len(), 1);
    (batches[0].table.name, json_row(&batches[0]))
}

fn records(tag: &str, fields: Value) -> Vec<Record> {
    let Value::Object(fields) = fields else {
        panic!("not a map")
    };
    vec![Record {
        tag: tag.to_owned(),
        event_time_us: Some(RECEIVED - 5),
        received_at_us: RECEIVED,
        fields,
        fault: None,
    }]
}

fn json_row(batch: &TableBatch) -> Value {
    let mut writer = ArrayWriter::new(Vec::new());
    writer.write(&batch.pieces[0]).unwrap();
    writer.finish().unwrap();
    let rows: Value = serde_json::from_slice(&writer.into_inner()).unwrap();
    rows[0].clone()
}
