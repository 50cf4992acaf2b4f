//! Every named query over the seeded page views, compared with answers worked out by hand.

use log_ingest::query::named::NAMED_QUERIES;
use serde_json::{Value, json};

use crate::fixture::Fixture;
use crate::page_views;

#[tokio::test]
async fn latency_by_variant() {
    let expected = json!([
        {
            "variant": "waterfall", "views": 1,
            "auction_requested_p50": null, "auction_requested_p95": null,
            "bids_returned_p50": null, "bids_returned_p95": null,
            "targeting_set_p50": null, "targeting_set_p95": null,
            "ad_server_requested_p50": null, "ad_server_requested_p95": null,
            "ad_rendered_p50": 700.0, "ad_rendered_p95": 700.0,
            "revenue_per_thousand_views": 1.2
        },
        {
            "variant": "early", "views": 2,
            "auction_requested_p50": 15.0, "auction_requested_p95": 19.5,
            "bids_returned_p50": 165.0, "bids_returned_p95": 214.5,
            "targeting_set_p50": 168.0, "targeting_set_p95": 218.4,
            "ad_server_requested_p50": 180.0, "ad_server_requested_p95": 234.0,
            "ad_rendered_p50": 400.0, "ad_rendered_p95": 490.0,
            "revenue_per_thousand_views": 2.0
        },
    ]);
    check("latency_by_variant", expected).await;
}

#[tokio::test]
async fn bidder_latency() {
    let expected = json!([
        {
            "bidder": "alpha", "calls": 2, "timeouts": 0, "timeout_rate": 0.0, "no_bids": 1,
            "bids": 1, "wins": 0, "win_rate": 0.0, "latency_ms_p50": 60.0, "latency_ms_p95": 69.0
        },
        {
            "bidder": "beta", "calls": 2, "timeouts": 1, "timeout_rate": 0.5, "no_bids": 0,
            "bids": 1, "wins": 0, "win_rate": 0.0, "latency_ms_p50": 380.0, "latency_ms_p95": 668.0
        },
        {
            "bidder": "delta", "calls": 2, "timeouts": 0, "timeout_rate": 0.0, "no_bids": 0,
            "bids": 2, "wins": 2, "win_rate": 1.0, "latency_ms_p50": 90.0, "latency_ms_p95": 99.0
        },
    ]);
    check("bidder_latency", expected).await;
}

#[tokio::test]
async fn fill_rate() {
    let row = |variant: &str, slot: &str, renders: u32, filled: u32| {
        json!({
            "variant": variant, "page_type": "home", "slot": slot, "slot_renders": renders,
            "filled": filled, "fill_rate": f64::from(filled) / f64::from(renders),
            "viewable": 0, "errors": 0
        })
    };
    let expected = [
        row("early", "div-side", 2, 1),
        row("early", "div-top", 2, 2),
        row("waterfall", "div-top", 1, 1),
    ];
    check("fill_rate", json!(expected)).await;
}

#[tokio::test]
async fn win_rate() {
    let expected = json!([
        {
            "bidder": "alpha", "bids": 1, "won": 0, "win_rate": 0.0, "bid_cpm_avg": 0.8,
            "won_cpm_avg": null, "rendered": 0, "render_rate": null
        },
        {
            "bidder": "beta", "bids": 1, "won": 0, "win_rate": 0.0, "bid_cpm_avg": 1.2,
            "won_cpm_avg": null, "rendered": 0, "render_rate": null
        },
        {
            "bidder": "delta", "bids": 2, "won": 2, "win_rate": 1.0, "bid_cpm_avg": 1.5,
            "won_cpm_avg": 1.5, "rendered": 1, "render_rate": 0.5
        },
    ]);
    check("win_rate", expected).await;
}

#[tokio::test]
async fn slot_waterfall() {
    let rows = SLOT_STEPS.iter().flat_map(|(variant, slot, steps)| {
        steps.iter().map(move |(event, renders, p50, p95, since)| {
            json!({
                "variant": variant, "slot": slot, "event": event, "slot_renders": renders,
                "elapsed_ms_p50": p50, "elapsed_ms_p95": p95, "since_previous_ms_p50": since
            })
        })
    });
    check("slot_waterfall", rows.collect()).await;
}

/// Step, slot renders, p50, p95, median time since the step before.
type SlotStep = (&'static str, u32, f64, f64, Option<f64>);

/// Variant, slot, and the slot's steps in their order.
type SlotSteps = (&'static str, &'static str, &'static [SlotStep]);

const SLOT_STEPS: &[SlotSteps] = &[
    (
        "early",
        "div-side",
        &[
            ("page_started", 2, 0.0, 0.0, None),
            ("auction_requested", 2, 15.0, 19.5, Some(15.0)),
            ("bids_returned", 2, 165.0, 214.5, Some(150.0)),
            ("slot_empty", 1, 260.0, 260.0, Some(40.0)),
            ("ad_rendered", 1, 350.0, 350.0, Some(240.0)),
        ],
    ),
    (
        "early",
        "div-top",
        &[
            ("page_started", 2, 0.0, 0.0, None),
            ("auction_requested", 2, 15.0, 19.5, Some(15.0)),
            ("bids_returned", 2, 165.0, 214.5, Some(150.0)),
            ("targeting_set", 2, 168.0, 218.4, Some(3.0)),
            ("ad_server_requested", 2, 180.0, 234.0, Some(12.0)),
            ("ad_rendered", 2, 400.0, 490.0, Some(220.0)),
        ],
    ),
    (
        "waterfall",
        "div-top",
        &[
            ("page_started", 1, 0.0, 0.0, None),
            ("ad_rendered", 1, 700.0, 700.0, Some(700.0)),
        ],
    ),
];

#[tokio::test]
async fn every_named_query_runs_over_empty_tables_and_says_what_it_answers() {
    let fixture = Fixture::new().await;
    for query in NAMED_QUERIES {
        assert_eq!(fixture.rows(query.sql).await, json!([]), "{}", query.name);
        assert!(
            query.sql.starts_with("-- ") && query.title().ends_with('.'),
            "{}",
            query.name
        );
    }
}

#[test]
fn every_file_of_the_folder_is_a_named_query() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/queries");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let mut named: Vec<String> = NAMED_QUERIES
        .iter()
        .map(|query| format!("{}.sql", query.name))
        .collect();
    named.sort();
    assert_eq!(files, named);
}

async fn check(name: &str, expected: Value) {
    let fixture = Fixture::new().await;
    fixture.land(1, page_views::records()).await;
    fixture.derive().await;
    let query = NAMED_QUERIES
        .iter()
        .find(|query| query.name == name)
        .unwrap();
    let answer = rounded(fixture.rows(query.sql).await);
    assert_eq!(answer, rounded(expected));
}

/// Interpolation leaves the last bits of a number open.
fn rounded(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(rounded).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, rounded(value)))
            .collect(),
        Value::Number(number) => json!((number.as_f64().unwrap() * 1e6).round() / 1e6),
        other => other,
    }
}
