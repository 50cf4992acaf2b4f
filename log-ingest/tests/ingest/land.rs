//! From segments to rows, exactly once.

use std::collections::BTreeSet;

use log_ingest::table::lake::Lake;
use log_ingest::table::recent_ids::RecentIdLimits;
use log_ingest::table::route::batches;
use log_ingest::table::time::TimeWindow;
use log_ingest::table::writer::{Landed, SegmentId, TableWriter};
use log_receiver::{LandReport, TableSink};
use serde_json::{Value, json};

use crate::fixture::{Fixture, RECEIVED, one_of_each, record, segment, sink};

#[tokio::test]
async fn empty_tables_answer_before_the_first_row() {
    assert_eq!(Fixture::new().await.counts().await, [0, 0, 0, 0]);
}

#[tokio::test]
async fn a_landed_segment_can_be_queried_at_once() {
    let fixture = Fixture::new().await;
    let report = fixture.land(1, one_of_each()).await;
    let expected = LandReport {
        stored: 3,
        quarantined: 1,
        duplicates: 0,
    };
    assert_eq!(report, expected);
    assert_eq!(fixture.counts().await, [1, 1, 1, 1]);
    let sql = "SELECT event_date, received_at, event, elapsed_ms, cpm, slot FROM render_events";
    assert_eq!(
        fixture.rows(sql).await,
        json!([{
            "event_date": "2026-09-21", "received_at": "2026-09-21T14:13:20Z",
            "event": "ad_rendered", "elapsed_ms": 400.5, "cpm": 1.2, "slot": null
        }])
    );
}

#[tokio::test]
async fn the_same_segment_twice_is_stored_once() {
    let fixture = Fixture::new().await;
    let first = fixture.land(7, one_of_each()).await;
    let again = fixture.land(7, one_of_each()).await;
    assert_eq!(again, first);
    fixture.land(8, one_of_each()).await;
    assert_eq!(fixture.counts().await, [2, 2, 2, 2]);
}

#[tokio::test]
async fn a_replay_after_a_restart_is_stored_once() {
    let fixture = Fixture::new().await;
    fixture.land(1, one_of_each()).await;
    let reopened = Lake::create(fixture.directory.path()).await.unwrap();
    let other = sink(&reopened);
    let report = other.land(segment(1, one_of_each())).await.unwrap();
    assert_eq!(report.stored, 3);
    assert_eq!(fixture.counts().await, [1, 1, 1, 1]);
}

#[tokio::test]
async fn a_crash_between_two_tables_leaves_nothing_out_and_nothing_double() {
    let fixture = Fixture::new().await;
    // What a crash after the first table leaves behind.
    let first = batches(one_of_each(), TimeWindow::default())
        .unwrap()
        .remove(0);
    let table = fixture.lake.table(first.table.name).unwrap().clone();
    let writer = TableWriter::new(table, RecentIdLimits::default());
    let id = SegmentId {
        buffer: "b0",
        seq: 1,
    };
    let landed = Landed {
        stored: 1,
        duplicates: 0,
    };
    assert_eq!(writer.land(id, &first.pieces).await.unwrap(), landed);
    assert_eq!(fixture.counts().await, [1, 0, 0, 0]);

    let report = fixture.land(1, one_of_each()).await;
    assert_eq!(
        (report.stored, report.quarantined, report.duplicates),
        (3, 1, 0)
    );
    assert_eq!(fixture.counts().await, [1, 1, 1, 1]);
}

#[tokio::test]
async fn a_new_buffer_may_begin_its_numbers_again() {
    let fixture = Fixture::new().await;
    fixture.land(1, one_of_each()).await;
    let mut of_new_buffer = segment(1, one_of_each());
    of_new_buffer.buffer_id = "b1".to_owned();
    fixture.sink.land(of_new_buffer).await.unwrap();
    assert_eq!(fixture.counts().await, [2, 2, 2, 2]);
}

#[tokio::test]
async fn two_processes_that_land_at_the_same_time_do_not_disturb_each_other() {
    let fixture = Fixture::new().await;
    let other = Lake::create(fixture.directory.path()).await.unwrap();
    let other = sink(&other);
    for seq in 1..=3 {
        let mut theirs = segment(seq, one_of_each());
        theirs.buffer_id = "theirs".to_owned();
        let (ours, theirs) = tokio::join!(
            fixture.sink.land(segment(seq, one_of_each())),
            other.land(theirs)
        );
        assert_eq!(ours.unwrap().stored + theirs.unwrap().stored, 6);
    }
    assert_eq!(fixture.counts().await, [6, 6, 6, 6]);
}

#[tokio::test]
async fn two_processes_that_land_the_same_segment_store_it_once() {
    let fixture = Fixture::new().await;
    let other = Lake::create(fixture.directory.path()).await.unwrap();
    let other = sink(&other);
    for seq in 1..=3 {
        let landed = tokio::join!(
            fixture.sink.land(segment(seq, one_of_each())),
            other.land(segment(seq, one_of_each()))
        );
        assert_eq!(landed.0.unwrap(), landed.1.unwrap());
    }
    assert_eq!(fixture.counts().await, [3, 3, 3, 3]);
}

#[tokio::test]
async fn rows_lie_in_the_partition_of_the_day_of_receipt() {
    let fixture = Fixture::new().await;
    let mut records = vec![record("ads.render", json!({"seq": 1})); 2];
    records[1].received_at_us = RECEIVED + 86_400_000_000;
    fixture.land(1, records).await;
    let folders: BTreeSet<String> =
        std::fs::read_dir(fixture.directory.path().join("render_events"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
    let expected = [
        "_delta_log",
        "event_date=2026-09-21",
        "event_date=2026-09-22",
    ];
    assert_eq!(
        folders.iter().map(String::as_str).collect::<Vec<_>>(),
        expected
    );
    let sql = "SELECT COUNT(*) AS n FROM render_events WHERE event_date = DATE '2026-09-22'";
    assert_eq!(fixture.rows(sql).await, json!([{"n": 1}]));
}

#[tokio::test]
async fn misfits_and_unknown_fields_are_kept_and_quarantine_keeps_the_rest() {
    let fixture = Fixture::new().await;
    fixture
        .land(
            1,
            vec![
                record(
                    "ads.render",
                    json!({"seq": "4", "elapsed_ms": {"a": 1}, "extra": [1, "ü"]}),
                ),
                record("ads.render", json!({"nothing": "known"})),
            ],
        )
        .await;
    let rows = fixture
        .rows("SELECT seq, elapsed_ms, attrs FROM render_events")
        .await;
    assert_eq!(
        (&rows[0]["seq"], &rows[0]["elapsed_ms"]),
        (&json!(4), &Value::Null)
    );
    let attrs: Value = serde_json::from_str(rows[0]["attrs"].as_str().unwrap()).unwrap();
    assert_eq!(attrs, json!({"elapsed_ms": {"a": 1}, "extra": [1, "ü"]}));
    let rows = fixture
        .rows("SELECT tag, reason, record FROM quarantine")
        .await;
    assert_eq!(
        rows,
        json!([{"tag": "ads.render", "reason": "unusable_record", "record": "{\"nothing\":\"known\"}"}])
    );
}

/// The protocol version decides which engines can read the tables.
#[tokio::test]
async fn tables_stay_at_the_oldest_protocol() {
    let fixture = Fixture::new().await;
    fixture.land(1, one_of_each()).await;
    for table in fixture.lake.tables() {
        let log = table
            .root()
            .unwrap()
            .join("_delta_log/00000000000000000000.json");
        let text = std::fs::read_to_string(log).unwrap();
        let protocol = text
            .lines()
            .filter_map(|line| {
                serde_json::from_str::<Value>(line)
                    .unwrap()
                    .get("protocol")
                    .cloned()
            })
            .next();
        assert_eq!(
            protocol,
            Some(json!({"minReaderVersion": 1, "minWriterVersion": 2}))
        );
    }
}
