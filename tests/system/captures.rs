//! Requests that the real Prebid.js sent, captured from a browser, get usable bids.

use serde_json::Value;
use system_tests::fixtures::{Ssp, capture};
use system_tests::stack::{Plan, Stack};

use crate::faults::winning_bids;

async fn stack() -> Stack {
    Stack::start(Plan {
        ssps: vec![Ssp::fixed("appnexus", 1.5), Ssp::fixed("rubicon", 2.5)],
        imps: Vec::new(),
        log_ingest: false,
        house_ad: false,
    })
    .await
    .unwrap()
}

/// The answer to a capture, its bids checked for what Prebid.js refuses to do without.
async fn answer_to(name: &str) -> Value {
    let stack = stack().await;
    let request: Value = serde_json::from_str(&capture(name).unwrap()).unwrap();
    let answer = stack.auction(&request).await.unwrap();
    assert_eq!(answer["id"], request["id"]);
    for seat in answer["seatbid"].as_array().unwrap() {
        for bid in seat["bid"].as_array().unwrap() {
            for field in ["id", "impid", "price", "adm", "crid", "w", "h", "mtype"] {
                assert!(!bid[field].is_null(), "{field} is missing: {bid}");
            }
            let prebid = &bid["ext"]["prebid"];
            assert_eq!(prebid["type"], "banner");
            assert!(!bid["adm"].as_str().unwrap().contains("${AUCTION_PRICE}"));
        }
    }
    answer
}

fn winner(answer: &Value, imp_id: &str) -> String {
    let won = winning_bids(answer);
    let mut of_imp = won.iter().filter(|(_, bid)| bid["impid"] == imp_id);
    let (seat, bid) = of_imp.next().unwrap();
    assert!(of_imp.next().is_none(), "two winners: {answer}");
    format!("{seat} {:.2}", bid["price"].as_f64().unwrap())
}

#[tokio::test]
async fn minimal_banner_page_gets_bids_for_both_slots() {
    let answer = answer_to("01-banner-minimal.auction.request.json").await;
    assert_eq!(winner(&answer, "div-top"), "rubicon 2.50");
    assert_eq!(winner(&answer, "div-mpu"), "appnexus 1.50");
}

#[tokio::test]
async fn page_with_consent_ids_floors_and_euros_gets_bids_in_euros() {
    let answer = answer_to("03-typical-consent-userid-floors.auction.request.json").await;
    assert_eq!(answer["cur"], "EUR");
    // One dollar is 0.80 euros in the configuration of these tests.
    assert_eq!(winner(&answer, "div-top"), "rubicon 2.00");
    assert_eq!(winner(&answer, "div-mpu"), "appnexus 1.20");
}

#[tokio::test]
async fn cookie_sync_requests_are_answered_as_prebid_js_expects() {
    let stack = stack().await;
    for name in [
        "01-banner-minimal.cookie_sync.request.json",
        "03-typical-consent-userid-floors.cookie_sync.request.json",
    ] {
        let url = stack.bid_server.url("http", "/cookie_sync");
        let (status, body) = stack
            .client
            .post(&url, capture(name).unwrap())
            .await
            .unwrap();
        assert_eq!(status, 200, "{body}");
        let answer: Value = serde_json::from_str(&body).unwrap();
        assert!(answer["bidder_status"].is_array(), "{body}");
    }
}
