//! `bench crash`: log-ingest killed again and again, as rows of counts.

use anyhow::ensure;
use serde_json::{Value, json};

use crate::rows::{Row, rounded, row};
use system_tests::crash::{self, Outcome, STAGES};

/// Rounds from which on a stage in which no run has died is a fault of the measurement.
const ENOUGH: u32 = 300;

/// Kills log-ingest so many times; see [`system_tests::crash`].
///
/// # Errors
/// When a program does not start, something acknowledged is not in the tables exactly once, or many
/// rounds have spared a stage of the work on tables.
pub async fn crash(rounds: u32, seed: u64) -> anyhow::Result<Vec<Row>> {
    let began = tokio::time::Instant::now();
    let outcome = crash::crash(rounds, seed).await?;
    let exact = outcome.lost == 0 && outcome.doubled == 0;
    ensure!(exact, "not everything is there once: {outcome:?}");
    let spared = outcome.spared();
    let fair = rounds < ENOUGH || spared.is_empty();
    ensure!(fair, "no run died in {spared:?}: {outcome:?}");
    let mut rows = vec![row(json!({
        "what": "kill -9 under load, forward and HTTP",
        "rounds": outcome.rounds,
        "acknowledged": outcome.acknowledged,
        "sent_again": outcome.resent,
        "lost": outcome.lost,
        "doubled": outcome.doubled,
        "seconds": rounded(began.elapsed().as_secs_f64()),
    }))];
    rows.extend(stages(&outcome));
    rows.extend(outcome.commits.iter().map(|(operation, count)| {
        row(json!({ "commits_of_the_tables": operation, "count": count }))
    }));
    Ok(rows)
}

/// In the middle of what the kills struck; those that struck nothing on the tables come last.
fn stages(outcome: &Outcome) -> Vec<Row> {
    let others = outcome.struck.keys().map(String::as_str);
    let others = others.filter(|name| !STAGES.contains(name));
    let names = STAGES.into_iter().chain(others);
    names
        .map(|name| {
            let count = outcome.struck.get(name).copied().unwrap_or_default();
            row(json!({ "killed_in_the_middle_of": name, "kills": Value::from(count) }))
        })
        .collect()
}
