//! What the bid server knows about an auction, and what a page reports, reach the tables.

use serde_json::{Value, json};
use system_tests::fixtures::{auction_id, loader_auction, page_view_id};
use system_tests::stack::{Plan, Stack};

async fn stack() -> Stack {
    Stack::start(Plan::worked_example()).await.unwrap()
}

#[tokio::test]
async fn auction_and_bid_rows_reach_the_tables() {
    let stack = stack().await;
    let id = auction_id(7);
    stack.auction(&loader_auction(&id, 2000)).await.unwrap();

    let query = format!(
        "SELECT auction_id, page_view_id, account, page_path, imps, bidders, bids, imps_won, \
         tmax_ms, winning_cpm, currency, outcome FROM auctions WHERE auction_id = '{id}'"
    );
    let rows = stack.rows(&query, 1).await.unwrap();
    assert_eq!(
        rows,
        [json!({
            "auction_id": id, "page_view_id": page_view_id(&id), "account": "demo-publisher",
            "page_path": "/early/recipes/pea-soup", "imps": 2, "bidders": 3, "bids": 4,
            "imps_won": 2, "tmax_ms": 2000, "winning_cpm": 4.0, "currency": "USD", "outcome": "won",
        })]
    );

    let query = format!(
        "SELECT bidder, imp_id, outcome, non_bid_reason, cpm, floor FROM bids \
         WHERE auction_id = '{id}' ORDER BY bidder, imp_id DESC"
    );
    let rows = stack.rows(&query, 6).await.unwrap();
    assert_eq!(
        rows.iter().map(line).collect::<Vec<_>>(),
        [
            "alpha div-top below_floor 301 0.8 1.0",
            "alpha div-side below_floor 301 0.8 1.0",
            "beta div-top outbid null 1.2 1.0",
            "beta div-side outbid null 1.2 1.0",
            "delta div-top won null 2.0 1.0",
            "delta div-side won null 2.0 1.0",
        ]
    );
}

#[tokio::test]
async fn events_of_a_page_reach_their_table_and_keep_unknown_fields() {
    let stack = stack().await;
    let view = page_view_id(&auction_id(8));
    let event = |seq: u32, name: &str, more: Value| {
        let mut event = json!({
            "event_id": format!("{view}-{seq}"), "seq": seq, "page_view_id": view, "event": name,
            "elapsed_ms": 12.5 * f64::from(seq),
            "site": "recipes", "page_type": "recipe", "variant": "early",
        });
        event
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        event
    };
    let batch = json!([
        event(0, "page_started", json!({})),
        event(
            1,
            "ad_rendered",
            json!({ "slot": "div-top", "bidder": "delta", "cpm": 2.0, "mood": "good" })
        ),
    ]);
    let url = stack.log().unwrap().url("http", "/ads.render");
    let (status, body) = stack.client.post(&url, batch.to_string()).await.unwrap();
    assert_eq!(status, 204, "{body}");

    let query = format!(
        "SELECT event, elapsed_ms, slot, bidder, cpm, attrs FROM render_events \
         WHERE page_view_id = '{view}' ORDER BY seq"
    );
    let rows = stack.rows(&query, 2).await.unwrap();
    assert_eq!(rows[0]["event"], "page_started");
    assert_eq!(rows[1]["event"], "ad_rendered");
    assert_eq!(rows[1]["elapsed_ms"], json!(12.5));
    assert_eq!(rows[1]["bidder"], "delta");
    assert_eq!(rows[1]["cpm"], json!(2.0));
    assert!(rows[1]["attrs"].to_string().contains("mood"), "{rows:?}");
}

fn line(row: &Value) -> String {
    let word = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    format!(
        "{} {} {} {} {} {}",
        word("bidder"),
        word("imp_id"),
        word("outcome"),
        row["non_bid_reason"],
        row["cpm"],
        row["floor"]
    )
}
