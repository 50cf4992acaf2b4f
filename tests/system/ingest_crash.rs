//! `kill -9` of log-ingest in the middle of writing: what was acknowledged is there, once.

use serde_json::json;
use system_tests::crash::crash;
use system_tests::fixtures::{auction_id, loader_auction};
use system_tests::stack::{Plan, Stack};
use tokio::sync::Notify;

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

/// How often log-ingest is killed.
const CRASHES: u32 = 3;
/// Batches sent between two crashes, and events in each.
const BATCHES: u32 = 25;
const EVENTS: u32 = 4;

async fn stack() -> Stack {
    Stack::start(Plan::worked_example()).await.unwrap()
}

#[tokio::test]
async fn every_acknowledged_event_is_there_exactly_once() {
    let mut stack = stack().await;
    let mut acknowledged = Vec::new();
    for run in 0..CRASHES {
        let url = stack.log().unwrap().url("http", "/ads.render");
        let client = stack.client.clone();
        let crash_now = Notify::new();
        let writes = async {
            let mut done = Vec::new();
            for batch in 0.. {
                let ids: Vec<String> = (0..EVENTS).map(|n| format!("{run}-{batch}-{n}")).collect();
                let body: Vec<_> = ids
                    .iter()
                    .map(
                        |id| json!({ "event_id": id, "event": "page_started", "page_view_id": id }),
                    )
                    .collect();
                // Not acknowledged: the program is gone, and the batch may or may not be there.
                let Ok((204, _)) = client.post(&url, json!(body).to_string()).await else {
                    break;
                };
                done.extend(ids);
                if batch == BATCHES {
                    // From here on the crash may come at any moment.
                    crash_now.notify_one();
                }
            }
            crash_now.notify_one();
            done
        };
        let crash = async {
            crash_now.notified().await;
            stack.crash_log_ingest().await.unwrap();
        };
        let (done, ()) = tokio::join!(writes, crash);
        let least = usize::try_from(BATCHES * EVENTS).unwrap();
        assert!(
            done.len() > least,
            "only {} events were acknowledged",
            done.len()
        );
        acknowledged.extend(done);
    }

    let rows = stack
        .rows("SELECT event_id FROM render_events", acknowledged.len())
        .await
        .unwrap();
    let mut stored: Vec<&str> = rows
        .iter()
        .map(|row| row["event_id"].as_str().unwrap())
        .collect();
    let all = stored.len();
    stored.sort_unstable();
    stored.dedup();
    assert_eq!(stored.len(), all, "some events are there twice");
    for id in &acknowledged {
        assert!(
            stored.binary_search(&id.as_str()).is_ok(),
            "{id} was acknowledged and is lost"
        );
    }
    // What was not acknowledged is at most the batch in flight of each run.
    let most = acknowledged.len() + usize::try_from(CRASHES * EVENTS).unwrap();
    assert!(all <= most, "{all} events are stored");
}

#[tokio::test]
async fn rows_of_the_bid_server_survive_a_crash_of_log_ingest() {
    let mut stack = stack().await;
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
