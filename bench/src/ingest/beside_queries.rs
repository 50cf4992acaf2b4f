//! How long senders wait for acknowledgements while others ask what would take every processor and all memory, against the
//! same senders without them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use system_tests::hostile::statement;
use system_tests::pace::Calls;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::Bench;
use super::steady::spread;
use crate::rows::{Row, rounded, row};

/// As many as log-ingest answers at the same time by default.
const ASKERS: u64 = 4;

/// Two rows, each for a load of so long.
///
/// # Errors
/// When log-ingest does not start.
pub(super) async fn beside_queries(lasting: Duration) -> anyhow::Result<[Row; 2]> {
    let bench = Bench::start("").await?;
    let without = bench.posts(0, Instant::now() + lasting).await;
    let until = Instant::now() + lasting;
    let posted = u32::try_from(without.took.len() + without.refused.len())?;
    let (with, asked) = tokio::join!(bench.posts(posted, until), bench.hostile_queries(until));
    let figures = |what: &str, calls: Calls, asked: u64| {
        let acks = spread(calls.took);
        row(json!({
            "what": what,
            "ack_p50_ms": rounded(acks.percentile_ms(50)),
            "ack_p99_ms": rounded(acks.percentile_ms(99)),
            "ack_longest_ms": rounded(acks.percentile_ms(100)),
            "refused": calls.refused.len(),
            "queries": asked,
        }))
    };
    Ok([
        figures("acknowledgements without queries", without, 0),
        figures("acknowledgements beside hostile queries", with, asked),
    ])
}

impl Bench {
    /// Asks one statement after another until then; the number of those that came to an end.
    async fn hostile_queries(&self, until: Instant) -> u64 {
        let ended = Arc::new(AtomicU64::new(0));
        let mut askers = JoinSet::new();
        for asker in 0..ASKERS {
            let (client, url) = (
                self.client.clone(),
                self.log.url("sql", "/query?format=json"),
            );
            let ended = Arc::clone(&ended);
            askers.spawn(timeout_at(until, async move {
                for number in asker.. {
                    // What is answered, if anything, is not the matter.
                    drop(client.post_as_program(&url, statement(number)).await);
                    ended.fetch_add(1, Ordering::Relaxed);
                }
            }));
        }
        while askers.join_next().await.is_some() {}
        ended.load(Ordering::Relaxed)
    }
}
