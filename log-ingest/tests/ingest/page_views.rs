//! Three page views and their auctions, small enough to work the answers out by hand.
//!
//! | view | variant | auction | rendered |
//! |---|---|---|---|
//! | e1 | early | a1: delta 2.0 beats beta 1.2 and alpha 0.8 | div-top delta 2.0 at 300 ms, div-side 1.0 at 350 ms |
//! | e2 | early | a2: delta 1.0, alpha declines, beta is late | div-top house 1.0 at 500 ms, div-side empty |
//! | w1 | waterfall | none | div-top 1.2 at 700 ms |

use log_receiver::Record;
use serde_json::{Value, json};

use crate::fixture::record;

pub(crate) fn records() -> Vec<Record> {
    let mut records = Vec::new();
    records.extend(view("e1", "early", "a1", E1));
    records.extend(view("e2", "early", "a2", E2));
    records.extend(view("w1", "waterfall", "", W1));
    records.extend(BIDS.iter().map(bid));
    // The same event once more, as a browser sends it that did not see the first answer.
    records.push(records[5].clone());
    records
}

/// Step, milliseconds, slot, cpm, bidder; an empty text and 0 stand for none.
type Step = (&'static str, f64, &'static str, f64, &'static str);

const E1: &[Step] = &[
    ("page_started", 0.0, "", 0.0, ""),
    ("auction_requested", 10.0, "", 0.0, ""),
    ("bids_returned", 110.0, "", 0.0, ""),
    ("targeting_set", 112.0, "div-top", 0.0, ""),
    ("ad_server_requested", 120.0, "div-top", 0.0, ""),
    ("ad_rendered", 300.0, "div-top", 2.0, "delta"),
    ("ad_rendered", 350.0, "div-side", 1.0, "network"),
];

const E2: &[Step] = &[
    ("page_started", 0.0, "", 0.0, ""),
    ("auction_requested", 20.0, "", 0.0, ""),
    ("bids_returned", 220.0, "", 0.0, ""),
    ("targeting_set", 224.0, "div-top", 0.0, ""),
    ("ad_server_requested", 240.0, "div-top", 0.0, ""),
    ("slot_empty", 260.0, "div-side", 0.0, ""),
    ("ad_rendered", 500.0, "div-top", 1.0, "house"),
];

const W1: &[Step] = &[
    ("page_started", 0.0, "", 0.0, ""),
    ("ad_rendered", 700.0, "div-top", 1.2, "beta"),
];

/// Auction, bidder, outcome, cpm (0 for none), latency.
type Bid = (&'static str, &'static str, &'static str, f64, f64);

const BIDS: &[Bid] = &[
    ("a1", "alpha", "outbid", 0.8, 50.0),
    ("a1", "beta", "outbid", 1.2, 60.0),
    ("a1", "delta", "won", 2.0, 80.0),
    ("a2", "alpha", "no_bid", 0.0, 70.0),
    ("a2", "beta", "timed_out", 0.0, 700.0),
    ("a2", "delta", "won", 1.0, 100.0),
];

fn view(id: &str, variant: &str, auction: &str, steps: &[Step]) -> Vec<Record> {
    let numbered = steps.iter().enumerate();
    let records = numbered.map(|(seq, (event, elapsed_ms, slot, cpm, bidder))| {
        record(
            "ads.render",
            json!({
                "event_id": format!("{id}-{seq}"), "seq": seq, "page_view_id": id,
                "auction_id": text(auction), "event": event, "elapsed_ms": elapsed_ms,
                "page_type": "home", "variant": variant, "slot": text(slot),
                "cpm": number(*cpm), "bidder": text(bidder),
            }),
        )
    });
    records.collect()
}

fn bid((auction, bidder, outcome, cpm, latency_ms): &Bid) -> Record {
    record(
        "ads.bid",
        json!({
            "auction_id": auction, "imp_id": "div-top", "bidder": bidder, "outcome": outcome,
            "cpm": number(*cpm), "latency_ms": latency_ms,
        }),
    )
}

fn text(value: &str) -> Value {
    if value.is_empty() {
        Value::Null
    } else {
        json!(value)
    }
}

fn number(value: f64) -> Value {
    if value > 0.0 {
        json!(value)
    } else {
        Value::Null
    }
}
