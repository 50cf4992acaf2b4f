//! Events that come more than once, late, or with fields that nobody knows.

use log_ingest::table::lake::Lake;
use log_receiver::{Record, TableSink};
use serde_json::{Value, json};

use crate::fixture::{Fixture, RECEIVED, record, segment, sink};

fn event(id: &str) -> Record {
    record("ads.render", json!({"event_id": id, "event": "sdk_ready"}))
}

#[tokio::test]
async fn an_event_that_is_sent_again_is_stored_once_and_counted() {
    let fixture = Fixture::new().await;
    let first = fixture
        .land(1, vec![event("a"), event("b"), event("a")])
        .await;
    assert_eq!((first.stored, first.duplicates), (2, 1));
    let again = fixture.land(2, vec![event("b"), event("c")]).await;
    assert_eq!((again.stored, again.duplicates), (1, 1));
    let nothing_new = fixture.land(3, vec![event("a")]).await;
    assert_eq!((nothing_new.stored, nothing_new.duplicates), (0, 1));
    // Without an id there is nothing to recognise them by.
    let nameless = record("ads.render", json!({"event": "sdk_ready"}));
    assert_eq!(fixture.land(4, vec![nameless; 2]).await.stored, 2);
    assert_eq!(fixture.counts().await, [5, 0, 0, 0]);
}

#[tokio::test]
async fn it_is_known_after_a_restart_and_by_another_instance() {
    let fixture = Fixture::new().await;
    fixture.land(1, vec![event("a")]).await;
    let reopened = Lake::create(fixture.directory.path()).await.unwrap();
    let other = sink(&reopened);
    let mut theirs = segment(1, vec![event("a"), event("b")]);
    theirs.buffer_id = "theirs".to_owned();
    let report = other.land(theirs).await.unwrap();
    assert_eq!((report.stored, report.duplicates), (1, 1));
    // The first instance meets what the other one stored, joined files included.
    fixture.maintainer().compact().await.unwrap();
    let report = fixture.land(2, vec![event("b"), event("a")]).await;
    assert_eq!((report.stored, report.duplicates), (0, 2));
}

#[tokio::test]
async fn late_events_lie_in_their_own_day() {
    let fixture = Fixture::new().await;
    let days_ago = |days: i64| RECEIVED / 1000 - days * 86_400_000;
    let at = |time: i64| record("ads.render", json!({"event": "x", "client_time": time}));
    let records = vec![
        at(days_ago(0)),
        at(days_ago(20)),
        at(days_ago(22)),
        at(days_ago(-4)),
    ];
    let report = fixture.land(1, records).await;
    assert_eq!((report.stored, report.quarantined), (2, 2));
    let days = "SELECT event_date, COUNT(*) AS n FROM render_events GROUP BY 1 ORDER BY 1";
    let expected =
        json!([{"event_date": "2026-09-01", "n": 1}, {"event_date": "2026-09-21", "n": 1}]);
    assert_eq!(fixture.rows(days).await, expected);
}

#[tokio::test]
async fn every_load_is_counted_with_the_names_that_nobody_knows() {
    let fixture = Fixture::new().await;
    let odd = json!({"event_id": "a", "event": "x", "elapsed_ms": "soon", "mood": 1, "tempo": 2});
    let records = vec![
        record("ads.render", odd.clone()),
        record("ads.render", odd),
        event("b"),
    ];
    fixture.land(7, records).await;
    fixture.land(7, vec![event("b")]).await;
    let sql = "SELECT segment, table_name, records, stored, duplicates, late, null_casts, \
               unknown_fields, unknown_columns FROM table_loads";
    let rows = fixture.rows(sql).await;
    let names: Value = serde_json::from_str(rows[0]["unknown_columns"].as_str().unwrap()).unwrap();
    assert_eq!(names, json!({"mood": 2, "tempo": 2}));
    let expected = json!([{
        "segment": 7, "table_name": "render_events", "records": 3, "stored": 2, "duplicates": 1,
        "late": 0, "null_casts": 2, "unknown_fields": 4, "unknown_columns": rows[0]["unknown_columns"]
    }]);
    assert_eq!(rows, expected);
}
