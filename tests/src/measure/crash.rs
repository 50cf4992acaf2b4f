//! `bench crash`: log-ingest killed again and again, as a row of counts.

use serde_json::json;

use super::{Row, rounded, row};
use crate::crash;

/// Kills log-ingest so many times; see [`crate::crash`].
///
/// # Errors
/// When a program does not start, or something acknowledged is not in the tables exactly once.
pub async fn crash(rounds: u32, seed: u64) -> anyhow::Result<Vec<Row>> {
    let began = tokio::time::Instant::now();
    let outcome = crash::crash(rounds, seed).await?;
    Ok(vec![row(json!({
        "what": "kill -9 under load, forward and HTTP",
        "rounds": outcome.rounds,
        "acknowledged": outcome.acknowledged,
        "sent_again": outcome.resent,
        "lost": outcome.lost,
        "doubled": outcome.doubled,
        "seconds": rounded(began.elapsed().as_secs_f64()),
    }))])
}
