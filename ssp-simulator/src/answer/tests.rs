//! Bids for requests, through one `bids` helper.

use serde_json::{Value, json};

use super::{Answer, answer, bid_response};
use crate::config::{Config, SspConfig};
use crate::fault::Fault;

fn ssp(lines: &str) -> SspConfig {
    let text = format!(
        "[[ssp]]\ncode = \"alpha\"\nseed = 3\nlatency_ms = {{ median = 50, p95 = 90 }}\n{lines}"
    );
    Config::parse(&text).unwrap().ssps.remove(0)
}

fn request(id: &str) -> Value {
    json!({ "id": id, "imp": [
        { "id": "top", "bidfloor": 1.0, "banner": { "format": [{ "w": 728, "h": 90 }, { "w": 970, "h": 250 }] } },
        { "id": "side", "banner": { "w": 300, "h": 250 } },
    ] })
}

fn think(ssp: &SspConfig, fault: Fault, id: &str) -> Answer {
    answer(ssp, "http://ssp.example/alpha/win", fault, &request(id))
}

fn summary(answer: &Answer) -> Vec<String> {
    let line = |bid: &Value| {
        format!(
            "{} {} {}x{}",
            bid["impid"], bid["price"], bid["w"], bid["h"]
        )
    };
    answer.bids.iter().map(line).collect()
}

#[test]
fn bids_its_fixed_price_on_each_imp_in_a_size_it_has() {
    let alpha = ssp("bid_rate = 1\nprice = { fixed = 0.8 }\nsizes = [[970, 250], [300, 250]]");
    let answer = think(&alpha, Fault::None, "r1");
    assert_eq!(
        summary(&answer),
        ["\"top\" 0.8 970x250", "\"side\" 0.8 300x250"]
    );
}

#[test]
fn bids_nothing_on_imps_without_a_size_it_has() {
    let alpha = ssp("bid_rate = 1\nprice = { fixed = 0.8 }\nsizes = [[300, 250]]");
    assert_eq!(
        summary(&think(&alpha, Fault::None, "r1")),
        ["\"side\" 0.8 300x250"]
    );
}

#[test]
fn the_same_request_gets_the_same_answer_and_another_one_another() {
    let alpha = ssp("bid_rate = 0.9\nprice = { min = 0.5, max = 3 }");
    let one = |id: &str| {
        let answer = think(&alpha, Fault::None, id);
        (answer.latency_ms, summary(&answer))
    };
    assert_eq!(one("r1"), one("r1"));
    assert_ne!(one("r1"), one("r2"));
}

#[test]
fn bids_as_often_as_its_rate_says() {
    let alpha = ssp("bid_rate = 0.7\nprice = { fixed = 1 }");
    let bids: usize = (0..1000)
        .map(|n| think(&alpha, Fault::None, &n.to_string()).bids.len())
        .sum();
    assert!((1330..1470).contains(&bids), "{bids} bids on 2000 imps");
}

#[test]
fn faulty_bids_miss_the_floor_or_the_imp() {
    let alpha = ssp("bid_rate = 1\nprice = { fixed = 2 }\nsizes = [[728, 90]]");
    let with = |fault| summary(&think(&alpha, fault, "r1"));
    assert_eq!(with(Fault::BelowFloor), ["\"top\" 0.5 728x90"]);
    assert_eq!(with(Fault::WrongImpid), ["\"not-top\" 2.0 728x90"]);
}

#[test]
fn a_bid_carries_what_the_page_and_the_server_need() {
    let alpha = ssp("bid_rate = 1\nprice = { fixed = 1.25 }\ncurrency = \"EUR\"");
    let answer = think(&alpha, Fault::None, "r1");
    let response = bid_response(&alpha, "r1", &answer.bids);
    assert_eq!(response["id"], "r1");
    assert_eq!(response["cur"], "EUR");
    let bid = &response["seatbid"][0]["bid"][1];
    for field in [
        "id", "impid", "price", "adm", "nurl", "adomain", "crid", "w", "h", "mtype",
    ] {
        assert!(!bid[field].is_null(), "{field} is missing");
    }
    assert!(bid["nurl"].as_str().unwrap().contains("${AUCTION_PRICE}"));
}
