//! Percentiles out of roll-ups, after the rows that they were counted from are gone.

use chrono::DateTime;
use log_ingest::maintain::{Maintainer, Maintenance};
use log_ingest::query::named::NAMED_QUERIES;
use serde_json::{Value, json};

use crate::fixture::{Fixture, RECEIVED, record, rules};

/// Slot renders of one hour: 1 ms, 2 ms, ... to creative.
fn hour(number: i64, renders: u32) -> Vec<log_receiver::Record> {
    let start = RECEIVED - 20 * 86_400_000_000 + number * 3_600_000_000;
    let events = (1..=renders).map(|render| {
        record(
            "ads.render",
            json!({
                "event_id": format!("{number}-{render}"), "page_view_id": format!("v{number}-{render}"),
                "slot": "top", "event": "ad_rendered", "elapsed_ms": render, "variant": "early",
                "client_time": start / 1000 + i64::from(render),
            }),
        )
    });
    events.collect()
}

#[tokio::test]
async fn percentiles_of_all_days_are_there_when_raw_rows_and_renders_are_not() {
    let fixture = Fixture::new().await;
    for number in 0..12 {
        let seq = u64::try_from(number).unwrap() + 1;
        fixture.land(seq, hour(number * 30, 1000)).await;
    }
    fixture.derive().await;
    let rules = Maintenance {
        retention: [("render_events", 2), ("ad_renders", 2), ("page_views", 2)].into(),
        ..rules()
    };
    let maintainer = Maintainer::new(fixture.lake.clone(), rules);
    let later = DateTime::from_timestamp_micros(RECEIVED + 30 * 86_400_000_000).unwrap();
    maintainer.retain(later).await.unwrap();
    fixture.derive().await;
    let gone =
        "SELECT (SELECT COUNT(*) FROM render_events) + (SELECT COUNT(*) FROM ad_renders) AS n";
    assert_eq!(fixture.rows(gone).await, json!([{"n": 0}]));

    let query = NAMED_QUERIES
        .iter()
        .find(|query| query.name == "latency_history")
        .unwrap();
    let rows = fixture.rows(query.sql).await;
    let rows: Vec<&Value> = rows.as_array().unwrap().iter().collect();
    let of_total = rows.iter().filter(|row| row["measure"] == "d_total");
    let mut days = 0;
    for row in of_total {
        days += 1;
        for (name, exact) in [("p50_ms", 500.0), ("p95_ms", 950.0), ("p99_ms", 990.0)] {
            let told = row[name].as_f64().unwrap();
            assert!((told / exact - 1.0).abs() < 0.015, "{name} {told}");
        }
    }
    assert_eq!(days, 12);
}
