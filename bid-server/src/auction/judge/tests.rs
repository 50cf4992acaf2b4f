//! One bid, one verdict.

use std::time::Duration;

use axum::http::HeaderMap;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::*;
use crate::config::Config;

const CONFIG: &str = "
[auction]
require_secure_markup = true
[currency.rates]
USD = { EUR = 0.5 }
[bidders.a]
endpoint = 'http://a/'
";

fn request(config: &Config) -> AuctionRequest {
    let body = json!({
        "id": "r", "site": {"page": "https://p/"}, "badv": ["bad.example"], "bcat": ["IAB7"],
        "imp": [
            {"id": "top", "banner": {"format": [{"w": 728, "h": 90}, {"w": 970, "h": 250}], "battr": [6]}, "bidfloor": 1.0, "secure": 1,
                "pmp": {"deals": [{"id": "d1", "bidfloor": 2, "bidfloorcur": "EUR"}]}},
            {"id": "other", "banner": {"w": 300, "h": 250}},
        ],
    });
    crate::request::read(
        body.to_string().as_bytes(),
        &HeaderMap::new(),
        config,
        Instant::now(),
    )
    .unwrap()
}

fn judge_json(bid: &Value, currency: &str) -> JudgedBid {
    let config = Config::parse(CONFIG).unwrap();
    let request = request(&config);
    let court = Court {
        request: &request,
        require_secure_markup: config.auction.require_secure_markup,
        offered: &[ImpIndex::new(0)],
    };
    let mut whole = json!({"id": "b", "impid": "top", "price": 1.5, "adm": "<b>", "crid": "c", "w": 728, "h": 90});
    whole
        .as_object_mut()
        .unwrap()
        .extend(bid.as_object().unwrap().clone());
    let offered = OfferedBid {
        origin: Origin::Ssp,
        asked_as: Arc::from("a"),
        bidder: Arc::from("a"),
        alternate: None,
        buyer: Some("buyer".to_owned()),
        bid: serde_json::from_value(whole).unwrap(),
        currency: Arc::from(currency),
        bidid: None,
        priority: 12,
        started_at: 0,
        latency: Duration::ZERO,
    };
    judge(offered, &court).0
}

#[track_caller]
fn check(bid: &Value, outcome: BidOutcome) {
    assert_eq!(judge_json(bid, "USD").outcome, outcome);
}

#[test]
fn lets_a_whole_bid_compete() {
    check(&json!({}), BidOutcome::Outbid);
}

#[test]
fn rejects_imps_that_were_not_offered_to_this_bidder() {
    check(&json!({"impid": "nowhere"}), BidOutcome::UnknownImp);
    check(&json!({"impid": "other"}), BidOutcome::UnknownImp);
}

#[test]
fn rejects_bids_without_price_id_or_creative() {
    check(&json!({"price": 0}), BidOutcome::InvalidBid);
    check(&json!({"price": null}), BidOutcome::InvalidBid);
    check(&json!({"price": -1, "dealid": "x"}), BidOutcome::InvalidBid);
    check(&json!({"id": ""}), BidOutcome::InvalidBid);
    check(&json!({"adm": " "}), BidOutcome::NoCreative);
    check(&json!({"price": 0, "dealid": "x"}), BidOutcome::Outbid);
}

#[test]
fn drops_bid_below_floor_by_more_than_a_hundredth() {
    check(&json!({"price": 1.0}), BidOutcome::Outbid);
    check(&json!({"price": 0.99}), BidOutcome::Outbid);
    check(&json!({"price": 0.9899}), BidOutcome::BelowFloor);
}

#[test]
fn a_deal_has_its_own_floor() {
    check(
        &json!({"price": 3.9, "dealid": "d1"}),
        BidOutcome::BelowDealFloor,
    );
    check(&json!({"price": 4, "dealid": "d1"}), BidOutcome::Outbid);
    check(
        &json!({"price": 0.1, "dealid": "private"}),
        BidOutcome::Outbid,
    );
}

#[test]
fn takes_sizes_that_nobody_asked_for_unless_told_otherwise() {
    check(&json!({"w": 300}), BidOutcome::Outbid);
    check(&json!({"w": 970, "h": 250}), BidOutcome::Outbid);
}

#[test]
fn rejects_media_types_that_were_not_offered() {
    check(&json!({"mtype": 2}), BidOutcome::MediaTypeNotOffered);
    check(
        &json!({"ext": {"prebid": {"type": "video"}}}),
        BidOutcome::MediaTypeNotOffered,
    );
}

#[test]
fn rejects_insecure_and_blocked_creatives() {
    check(
        &json!({"adm": "<img src=http://x/>"}),
        BidOutcome::NotSecure,
    );
    check(&json!({"adm": "<img src=https://x/>"}), BidOutcome::Outbid);
    check(
        &json!({"adomain": ["ads.BAD.example"]}),
        BidOutcome::Blocked,
    );
    check(&json!({"adomain": ["notbad.example"]}), BidOutcome::Outbid);
    check(&json!({"cat": ["IAB7"]}), BidOutcome::CategoryBlocked);
    check(&json!({"cat": ["IAB7-5"]}), BidOutcome::CategoryBlocked);
    check(&json!({"cat": ["IAB70"]}), BidOutcome::Outbid);
    check(&json!({"attr": [1, 6]}), BidOutcome::AttributeBlocked);
    check(&json!({"attr": [1]}), BidOutcome::Outbid);
}

#[test]
fn converts_before_it_holds_against_the_floor() {
    assert_eq!(
        judge_json(&json!({"price": 0.6}), "EUR").outcome,
        BidOutcome::Outbid
    );
    assert_eq!(
        judge_json(&json!({"price": 0.4}), "EUR").outcome,
        BidOutcome::BelowFloor
    );
    assert_eq!(
        judge_json(&json!({}), "GBP").outcome,
        BidOutcome::NoConversionRate
    );
}

#[test]
fn fills_what_the_page_needs() {
    let judged = judge_json(
        &json!({"crid": null, "w": 0, "h": null, "mtype": null}),
        "USD",
    );
    assert_eq!(judged.outcome, BidOutcome::Outbid);
    assert_eq!(judged.bid.size(), Some((728, 90)));
    assert_eq!(judged.bid.crid.as_deref(), Some("b"));
    assert_eq!(judged.bid.mtype, Some(MediaType::Banner));
}
