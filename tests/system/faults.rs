//! Every fault of an SSP gets its named outcome, and no other SSP is affected.

use serde_json::{Value, json};
use system_tests::fixtures::{Ssp, auction_id, loader_auction};
use system_tests::stack::{Plan, Stack};

/// Each fault and the number under which `seatnonbid` must report it.
const FAULTS: [(&str, u16); 8] = [
    ("hang", 101),
    ("reset", 103),
    ("http_500", 102),
    ("malformed_json", 102),
    ("oversized_body", 102),
    ("slow_drip", 101),
    ("below_floor", 301),
    ("wrong_impid", 300),
];

/// Long enough for a sound SSP on a loaded machine; a hanging one uses it up.
const TMAX_MS: u64 = 1500;

#[tokio::test]
async fn each_fault_has_its_outcome_and_harms_nobody_else() {
    let stack = Stack::start(Plan::auctions(vec![
        Ssp::fixed("faulty", 5.0),
        Ssp::fixed("sound", 1.5),
    ]))
    .await
    .unwrap();
    for (number, (fault, reason)) in (1..).zip(FAULTS) {
        stack
            .client
            .set_fault(&stack.ssp, "faulty", fault)
            .await
            .unwrap();
        let answer = stack
            .auction(&loader_auction(&auction_id(number), TMAX_MS))
            .await
            .unwrap();
        assert_eq!(
            winners(&answer),
            ["sound 1.5", "sound 1.5"],
            "{fault}: {answer}"
        );
        let statuses: Vec<Value> = non_bids(&answer, "faulty")
            .iter()
            .map(|non_bid| non_bid["statuscode"].clone())
            .collect();
        assert!(statuses.contains(&json!(reason)), "{fault}: {answer}");
    }
}

#[tokio::test]
async fn an_ssp_wins_again_once_its_fault_is_over() {
    let stack = Stack::start(Plan::auctions(vec![
        Ssp::fixed("faulty", 5.0),
        Ssp::fixed("sound", 1.5),
    ]))
    .await
    .unwrap();
    for (number, (fault, _)) in (1..).zip(FAULTS) {
        for fault in [fault, "none"] {
            stack
                .client
                .set_fault(&stack.ssp, "faulty", fault)
                .await
                .unwrap();
            let body = loader_auction(&auction_id(number), TMAX_MS);
            let answer = stack.auction(&body).await.unwrap();
            let winner = if fault == "none" {
                "faulty 5.0"
            } else {
                "sound 1.5"
            };
            assert_eq!(winners(&answer), [winner, winner], "{fault}: {answer}");
        }
    }
}

/// Seat and price of the bids that won: as the answer has all good bids, the winners are those
/// with key-values for the ad server.
pub(crate) fn winners(answer: &Value) -> Vec<String> {
    let line =
        |(seat, bid): (String, Value)| format!("{seat} {:?}", bid["price"].as_f64().unwrap());
    winning_bids(answer).into_iter().map(line).collect()
}

/// The bids that won, with their seats.
pub(crate) fn winning_bids(answer: &Value) -> Vec<(String, Value)> {
    let seats = answer["seatbid"].as_array().map_or(&[][..], Vec::as_slice);
    let bids = |seat: &Value| {
        let name = seat["seat"].as_str().unwrap().to_owned();
        let bids = seat["bid"].as_array().unwrap().clone();
        bids.into_iter().map(move |bid| (name.clone(), bid))
    };
    seats
        .iter()
        .flat_map(bids)
        .filter(|(_, bid)| bid["ext"]["prebid"]["targeting"]["hb_pb"].is_string())
        .collect()
}

/// What `seatnonbid` says about a seat: imp and status code.
pub(crate) fn non_bids(answer: &Value, seat: &str) -> Vec<Value> {
    let seats = answer["ext"]["seatnonbid"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    seats
        .iter()
        .filter(|entry| entry["seat"] == seat)
        .flat_map(|entry| entry["nonbid"].as_array().unwrap().clone())
        .map(|non_bid| json!({ "impid": non_bid["impid"], "statuscode": non_bid["statuscode"] }))
        .collect()
}
