//! `bench crash`: log-ingest killed again and again, as rows of counts.

use anyhow::ensure;
use serde_json::{Value, json};

use crate::rows::{Row, rounded, row};
use system_tests::crash::{self, STAGES, Tally};

/// From this many rounds on, a stage that no kill has struck means that the measurement itself is at fault.
const ENOUGH: u32 = 300;

/// Kills log-ingest this many times; see [`system_tests::crash`].
///
/// # Errors
/// When a program does not start, something acknowledged is not in the tables exactly once, or many
/// rounds have spared a stage of the work on tables.
pub async fn crash(rounds: u32, seed: u64) -> anyhow::Result<Vec<Row>> {
    let began = tokio::time::Instant::now();
    let tally = crash::crash(rounds, seed).await?;
    let exact = tally.lost == 0 && tally.doubled == 0;
    ensure!(exact, "not everything is there once: {tally:?}");
    let spared = tally.spared();
    let fair = rounds < ENOUGH || spared.is_empty();
    ensure!(fair, "no run died in {spared:?}: {tally:?}");
    let mut rows = vec![row(json!({
        "what": "kill -9 under load, forward and HTTP",
        "rounds": tally.rounds,
        "acknowledged": tally.acknowledged,
        "sent_again": tally.resent,
        "lost": tally.lost,
        "doubled": tally.doubled,
        "seconds": rounded(began.elapsed().as_secs_f64()),
    }))];
    rows.extend(stages(&tally));
    rows.extend(tally.commits.iter().map(|(operation, count)| {
        row(json!({ "commits_of_the_tables": operation, "count": count }))
    }));
    Ok(rows)
}

/// What the kills interrupted; those that interrupted no work on tables come last.
fn stages(tally: &Tally) -> Vec<Row> {
    let others = tally.struck.keys().map(String::as_str);
    let others = others.filter(|name| !STAGES.contains(name));
    let names = STAGES.into_iter().chain(others);
    names
        .map(|name| {
            let count = tally.struck.get(name).copied().unwrap_or_default();
            row(json!({ "killed_in_the_middle_of": name, "kills": Value::from(count) }))
        })
        .collect()
}
