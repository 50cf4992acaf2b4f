//! With every SSP hanging, the answer still comes, at the deadline and with the reasons.

use system_tests::fixtures::{auction_id, loader_auction, worked_example};
use system_tests::stack::{Plan, Stack};
use tokio::time::Instant;

use crate::faults::{non_bids, winners};

#[tokio::test]
async fn all_ssps_hanging_gives_an_answer_at_the_deadline() {
    let stack = Stack::start(Plan::auctions(worked_example()))
        .await
        .unwrap();
    for code in ["alpha", "beta", "delta"] {
        stack
            .client
            .set_fault(&stack.ssp, code, "hang")
            .await
            .unwrap();
    }
    // That there is an answer at all shows the deadline: a hanging SSP never gives one.
    let begun = Instant::now();
    let answer = stack
        .auction(&loader_auction(&auction_id(1), 300))
        .await
        .unwrap();
    let took = u64::try_from(begun.elapsed().as_millis()).unwrap();
    assert!(winners(&answer).is_empty(), "{answer}");
    for code in ["alpha", "beta", "delta"] {
        let reasons = non_bids(&answer, code);
        assert_eq!(reasons.len(), 2, "{code}: {answer}");
        assert!(
            reasons.iter().all(|reason| reason["statuscode"] == 101),
            "{reasons:?}"
        );
        // They were waited for nearly the whole time. A busy machine may notice the deadline late, but
        // not after the answer.
        let waited = answer["ext"]["responsetimemillis"][code].as_u64().unwrap();
        assert!(
            (200..=took).contains(&waited),
            "{code} was waited for {waited} ms of {took} ms"
        );
    }
}

#[tokio::test]
async fn one_slow_ssp_costs_the_others_nothing() {
    let mut ssps = worked_example();
    ssps[2].latency_ms = 5000;
    let stack = Stack::start(Plan::auctions(ssps)).await.unwrap();
    let answer = stack
        .auction(&loader_auction(&auction_id(1), 1500))
        .await
        .unwrap();
    assert_eq!(winners(&answer), ["beta 1.2", "beta 1.2"], "{answer}");
    assert_eq!(non_bids(&answer, "delta").len(), 2, "{answer}");
}
