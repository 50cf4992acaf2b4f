//! `kill -9` of log-ingest in the middle of writing: what was acknowledged is there, once.

use system_tests::crash::crash;
use system_tests::fixtures::{auction_id, loader_auction};
use system_tests::stack::{Plan, Stack};

/// `cargo xtask bench crash` does the same for longer.
#[tokio::test]
async fn what_is_sent_again_after_a_kill_at_any_moment_is_stored_once() {
    let tally = crash(6, 20_261_122).await.unwrap();
    assert!(tally.acknowledged > 0, "{tally:?}");
    // A kill in the middle of nothing is counted too.
    let struck: u32 = tally.struck.values().sum();
    assert!(struck >= tally.rounds, "{tally:?}");
    assert_eq!((tally.lost, tally.doubled), (0, 0), "{tally:?}");
}

#[tokio::test]
async fn rows_of_the_bid_server_survive_a_crash_of_log_ingest() {
    let mut stack = Stack::start(Plan::worked_example()).await.unwrap();
    for number in 1..=30 {
        stack
            .auction(&loader_auction(&auction_id(number), 2000))
            .await
            .unwrap();
        if number % 10 == 5 {
            stack.crash_log_ingest().await.unwrap();
        }
    }
    // A chunk whose ack was lost in the crash is sent again, so a row may be there twice;
    // readers count auctions by their id.
    let query = "SELECT DISTINCT auction_id FROM auctions";
    assert_eq!(stack.rows(query, 30).await.unwrap().len(), 30);
}
