//! The example that header bidding exists for, as the bid server alone sees it: floor 1.0,
//! alpha bids 0.8, beta 1.2, delta 2.0. Asked all at once, the best price wins.

use serde_json::json;
use system_tests::fixtures::{auction_id, loader_auction, worked_example};
use system_tests::stack::{Plan, Stack};

use crate::faults::{non_bids, winners, winning_bids};

#[tokio::test]
async fn the_highest_bid_wins_and_the_others_are_named() {
    let stack = Stack::start(Plan::auctions(worked_example()))
        .await
        .unwrap();
    let answer = stack
        .auction(&loader_auction(&auction_id(1), 2000))
        .await
        .unwrap();

    assert_eq!(winners(&answer), ["delta 2.0", "delta 2.0"], "{answer}");
    let (_, bid) = &winning_bids(&answer)[0];
    assert_eq!(bid["w"], json!(728));
    assert_eq!(bid["ext"]["prebid"]["type"], json!("banner"));
    let targeting = &bid["ext"]["prebid"]["targeting"];
    assert_eq!(targeting["hb_pb"], json!("2.00"));
    assert_eq!(targeting["hb_bidder"], json!("delta"));
    assert_eq!(targeting["hb_size"], json!("728x90"));
    assert!(!targeting["hb_adid"].as_str().unwrap().is_empty());

    // 301: below floor.
    let below_floor = json!([
        { "impid": "div-top", "statuscode": 301 },
        { "impid": "div-side", "statuscode": 301 },
    ]);
    let alpha = non_bids(&answer, "alpha");
    for expected in below_floor.as_array().unwrap() {
        assert!(alpha.contains(expected), "{alpha:?}");
    }
}
