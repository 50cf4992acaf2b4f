//! Whatever an event says, the next one is derived (issue 12, point 1).

use std::collections::HashMap;
use std::sync::Arc;

use ad_events::render::RENDER_EVENTS;
use deltalake::arrow::array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
    new_null_array,
};
use log_ingest::table::recent_ids::RecentIdLimits;
use log_ingest::table::schema::arrow_schema;
use log_ingest::table::writer::{SegmentId, TableWriter};
use serde_json::{Map, Value, json};

use crate::fixture::{Fixture, RECEIVED, record};

const RENDERED: &str = "SELECT page_view_id FROM ad_renders ORDER BY 1";

/// A page view with one ad.
fn good(id: &str) -> Vec<log_receiver::Record> {
    let event = |event: &str, elapsed: f64, seq: u32| {
        let fields = json!({
            "event": event, "page_view_id": id, "slot": "top", "elapsed_ms": elapsed, "seq": seq,
            "event_id": format!("{id}-{seq}"),
        });
        record("ads.render", fields)
    };
    vec![
        event("bids_returned", 100.0, 0),
        event("ad_rendered", 300.0, 1),
    ]
}

async fn good_is_derived(fixture: &Fixture, id: &str) {
    let sql = format!(
        "SELECT t_ad_rendered, (SELECT lost_events FROM page_views WHERE page_view_id = '{id}') AS lost \
         FROM ad_renders WHERE page_view_id = '{id}'"
    );
    let expected = json!([{"t_ad_rendered": 300.0, "lost": 0}]);
    assert_eq!(fixture.rows(&sql).await, expected, "{id}");
    let counted = "SELECT SUM(n) > 0 AS counted FROM latency_hist WHERE measure = 'd_total'";
    assert_eq!(fixture.rows(counted).await, json!([{"counted": true}]));
}

#[tokio::test]
async fn a_number_that_cannot_be_is_null_and_counted_and_costs_nobody_anything() {
    let fixture = Fixture::new().await;
    let poisons = [
        json!({"elapsed_ms": 1e16}),
        json!({"elapsed_ms": 1e300}),
        json!({"elapsed_ms": -1e16}),
        json!({"elapsed_ms": "1e308"}),
        json!({"seq": i64::MAX}),
        json!({"seq": u64::MAX}),
        json!({"seq": i64::MIN}),
        json!({"refresh_no": i64::MAX}),
        json!({"cpm": 1e308}),
        json!({"visible_ms": 1e308, "event": "ad_seen"}),
        json!({"value": -1e308, "event": "vital_measured", "metric": "lcp"}),
        json!({"viewport_width": i64::MIN}),
        json!({"sample_rate": 1e-308, "cpm": -1e308}),
        json!({"slot": "x".repeat(100_000)}),
        json!({"client_time": "+262142-12-31T23:59:59Z", "elapsed_ms": 1e16}),
    ];
    let count = poisons.len();
    let mut records = good("good");
    for (number, poison) in poisons.into_iter().enumerate() {
        let mut fields = json!({
            "event": "ad_rendered", "page_view_id": format!("p{number}"), "slot": "top", "elapsed_ms": 5,
        });
        for (name, value) in poison.as_object().unwrap() {
            fields[name.as_str()] = value.clone();
        }
        records.push(record("ads.render", fields));
    }
    fixture.land(1, records).await;
    fixture.derive().await;
    good_is_derived(&fixture, "good").await;
    let loads = "SELECT null_casts FROM table_loads WHERE table_name = 'render_events'";
    // Two of them have two such numbers; the smallest sample rate is one that can be.
    assert_eq!(
        fixture.rows(loads).await,
        json!([{"null_casts": count + 1}])
    );
    let lost = "SELECT MAX(lost_events) AS most FROM page_views";
    assert_eq!(fixture.rows(lost).await, json!([{"most": 0}]));
    let kept = "SELECT attrs FROM render_events WHERE page_view_id = 'p0'";
    assert_eq!(
        fixture.rows(kept).await,
        json!([{"attrs": "{\"elapsed_ms\":1e+16}"}])
    );
}

/// Tables that were filled before there were ranges hold such numbers already.
#[tokio::test]
async fn numbers_that_are_in_the_tables_already_do_not_stop_deriving() {
    let fixture = Fixture::new().await;
    let numbers = [f64::MAX, f64::MIN, f64::NAN, f64::INFINITY, -0.0, 1e19];
    let rows = numbers.len();
    let text = |of: &dyn Fn(usize) -> String| -> ArrayRef {
        Arc::new((0..rows).map(|row| Some(of(row))).collect::<StringArray>())
    };
    let floats = || -> ArrayRef { Arc::new(Float64Array::from(numbers.to_vec())) };
    let times = || -> ArrayRef {
        Arc::new(TimestampMicrosecondArray::from(vec![RECEIVED; rows]).with_timezone("UTC"))
    };
    let filled: HashMap<&str, ArrayRef> = HashMap::from([
        ("event_time", times()),
        ("received_at", times()),
        ("page_view_id", text(&|row| format!("old{row}"))),
        ("event", text(&|_| "ad_rendered".to_owned())),
        ("slot", text(&|_| "top".to_owned())),
        ("elapsed_ms", floats()),
        ("cpm", floats()),
        ("visible_ms", floats()),
        ("seq", Arc::new(Int64Array::from(vec![i64::MAX; rows]))),
        (
            "refresh_no",
            Arc::new(Int64Array::from(vec![i64::MIN; rows])),
        ),
    ]);
    let schema = arrow_schema(&RENDER_EVENTS);
    let day = deltalake::arrow::array::Date32Array::from(vec![20_717; rows]);
    let columns = schema
        .fields()
        .iter()
        .map(|field| match field.name().as_str() {
            "event_date" => Arc::new(day.clone()) as ArrayRef,
            name => filled
                .get(name)
                .cloned()
                .unwrap_or_else(|| new_null_array(field.data_type(), rows)),
        });
    let batch = RecordBatch::try_new(schema.clone(), columns.collect()).unwrap();
    let table = fixture.lake.table(RENDER_EVENTS.name).unwrap().clone();
    let segment = SegmentId {
        buffer: "old",
        seq: 1,
    };
    let writer = TableWriter::new(table, RecentIdLimits::default());
    writer.land(segment, &[batch]).await.unwrap();
    fixture.land(1, good("good")).await;
    fixture.derive().await;
    good_is_derived(&fixture, "good").await;
}

/// One page view with more events than a page can have is left out; the others are there, and so is its name.
#[tokio::test]
async fn a_page_view_with_too_many_events_is_set_aside_and_named() {
    let fixture = Fixture::new().await;
    let flood = (0..50_001).map(|_| {
        let fields = json!({"event": "ad_clicked", "page_view_id": "flood", "slot": "top"});
        record("ads.render", fields)
    });
    fixture
        .land(1, good("before").into_iter().chain(flood).collect())
        .await;
    fixture.derive().await;
    good_is_derived(&fixture, "before").await;
    fixture.land(2, good("after")).await;
    let more = json!({"event": "ad_clicked", "page_view_id": "flood", "slot": "top"});
    fixture.land(3, vec![record("ads.render", more)]).await;
    fixture.derive().await;
    good_is_derived(&fixture, "after").await;
    let expected = json!([{"page_view_id": "after"}, {"page_view_id": "before"}]);
    assert_eq!(fixture.rows(RENDERED).await, expected);
    let named = "SELECT DISTINCT table_name, set_aside, set_aside_keys, set_aside_reason FROM table_loads \
                 WHERE set_aside IS NOT NULL ORDER BY table_name";
    let row = |table: &str| {
        json!({
            "table_name": table, "set_aside": 1, "set_aside_keys": "[\"flood\"]",
            "set_aside_reason": "more than 50000 events",
        })
    };
    let rows = fixture.rows(named).await;
    assert_eq!(rows, json!([row("ad_renders"), row("page_views")]));
}

/// Any event at all, by the hundred, and a good one behind them.
#[tokio::test]
async fn whatever_comes_the_next_event_is_derived() {
    let fixture = Fixture::new().await;
    let mut dice = Dice(0x5eed_0012);
    for round in 0..6 {
        let mut records: Vec<_> = (0..150).map(|_| any_record(&mut dice)).collect();
        let id = format!("good{round}");
        records.extend(good(&id));
        fixture.land(round + 1, records).await;
        fixture.derive().await;
        good_is_derived(&fixture, &id).await;
    }
    let aside = "SELECT COUNT(*) AS n FROM table_loads WHERE set_aside > 0";
    assert_eq!(fixture.rows(aside).await, json!([{"n": 0}]));
}

fn any_record(dice: &mut Dice) -> log_receiver::Record {
    let tables = ["ads.render", "ads.bid", "ads.auction", "ads.bid_notice"];
    let tag = *dice.one_of(&tables);
    let table = ad_events::table_for_tag(tag).unwrap();
    let mut fields = Map::new();
    for column in table.columns {
        if dice.below(3) > 0 {
            fields.insert(column.name.to_owned(), any_value(dice));
        }
    }
    if tag == "ads.render" {
        let steps = ad_events::render::Step::ALL;
        if dice.below(4) > 0 {
            fields.insert("event".to_owned(), json!(dice.one_of(&steps).name()));
        }
        if dice.below(4) > 0 {
            let id = format!("v{}", dice.below(20));
            fields.insert("page_view_id".to_owned(), json!(id));
        }
        fields.remove("event_id");
    }
    if dice.below(2) > 0 {
        let id = format!("a{}", dice.below(20));
        fields.insert("auction_id".to_owned(), json!(id));
    }
    // Times are mostly within the window, or everything would be quarantined.
    for name in ["client_time", "sent_at", "started_at"] {
        if dice.below(8) > 0 {
            fields.remove(name);
        }
    }
    let mut record = record(tag, Value::Object(fields));
    record.event_time_us = Some(RECEIVED - 1000 * i64::from(dice.below(2_000_000)));
    record
}

fn any_value(dice: &mut Dice) -> Value {
    let texts = [
        "",
        "top",
        "house",
        "won",
        "NaN",
        "inf",
        "-1",
        "1e400",
        "\u{0}",
        "☃\u{202e}",
        "'; DROP",
        "{\"a\":",
        "{}",
        "9223372036854775808",
        "1970-01-01T00:00:00Z",
        "+99999-01-01T00:00:00Z",
        "true",
    ];
    match dice.below(9) {
        0 => json!(dice.one_of(&texts)),
        1 => json!("x".repeat(dice.below(20_000) as usize)),
        2 => json!(dice.one_of(&[i64::MAX, i64::MIN, 0, -1, 1, 1 << 53])),
        3 => json!(dice.one_of(&[
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            1e16,
            -1e16,
            0.1,
            -0.0
        ])),
        4 => json!(f64::from(dice.below(10_000)) / 7.0),
        5 => json!(dice.below(2) == 0),
        6 => Value::Null,
        7 => json!([1, {"a": [null]}]),
        _ => json!(u64::MAX - u64::from(dice.below(3))),
    }
}

/// Throws the same numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from((self.0 >> 16) % u64::from(sides)).unwrap()
    }

    fn one_of<'a, T>(&mut self, values: &'a [T]) -> &'a T {
        &values[self.below(u32::try_from(values.len()).unwrap()) as usize]
    }
}
