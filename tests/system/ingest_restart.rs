//! While log-ingest is away, auctions answer as before; when it is back, the queued rows arrive.

use system_tests::fixtures::{auction_id, loader_auction};
use system_tests::stack::{Plan, Stack};

use crate::faults::winners;

#[tokio::test]
async fn rows_of_auctions_held_without_log_ingest_arrive_when_it_is_back() {
    let mut stack = Stack::start(Plan::worked_example()).await.unwrap();
    let config = stack.stop_log_ingest().await.unwrap();
    for number in 1..=20 {
        let body = loader_auction(&auction_id(number), 2000);
        let answer = stack.auction(&body).await.unwrap();
        assert_eq!(winners(&answer), ["delta 2.0", "delta 2.0"]);
    }
    stack.start_log_ingest(&config).await.unwrap();

    let query = "SELECT auction_id, count(*) AS copies FROM auctions GROUP BY auction_id";
    let rows = stack.rows(query, 20).await.unwrap();
    assert_eq!(rows.len(), 20);
    assert!(rows.iter().all(|row| row["copies"] == 1), "{rows:?}");
    let query = "SELECT auction_id FROM bids WHERE outcome = 'won'";
    assert_eq!(stack.rows(query, 40).await.unwrap().len(), 40);
}
