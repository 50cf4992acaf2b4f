//! What the tables hold, against what was acknowledged.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::Tally;
use super::load::{EVENTS, SLOTS, prefix};
use crate::stack::Stack;
use crate::wait;

/// Compares what was acknowledged in a block with the tables. A message that was refused halfway
/// was owed and has been sent again, so there are no others.
pub(super) async fn read_block(
    stack: &Stack,
    block: u32,
    acknowledged: u64,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    landed(stack).await?;
    let which = format!("page_view_id LIKE '{}-%'", prefix(block));
    let (lost, doubled) = compare(stack, &which, acknowledged).await?;
    tally.acknowledged += acknowledged;
    tally.lost += lost;
    tally.doubled += doubled;
    Ok(())
}

/// The same for everything, after its files have been joined and rewritten many times; then what
/// was counted in roll-ups, and that nothing is left of what had to go.
pub(super) async fn read_all(stack: &Stack, tally: &mut Tally) -> anyhow::Result<()> {
    let all = "page_view_id LIKE 'crash%'";
    let (lost, doubled) = compare(stack, all, tally.acknowledged).await?;
    tally.lost = tally.lost.max(lost);
    tally.doubled = tally.doubled.max(doubled);
    let renders = tally.acknowledged / EVENTS * SLOTS;
    for table in ["latency_hist", "latency_hist_minute"] {
        let sql = format!("SELECT SUM(n) AS n FROM {table} WHERE measure = 'd_total'");
        tally.doubled += settled(stack, &sql, "n", renders).await?.abs_diff(renders);
    }
    let old = "SELECT COUNT(*) AS n FROM bid_notices WHERE event_date < now() - INTERVAL '3 days'";
    ensure!(settled(stack, old, "n", 0).await? == 0, "old days are left");
    let orphans = stack.data().join("tables/bids/event_date=2026-01-01");
    wait::until("no file without a version", async || {
        Ok(std::fs::read_dir(&orphans)?.next().is_none().then_some(()))
    })
    .await?;
    tally.commits = commits(&stack.data().join("tables"))?;
    Ok(())
}

/// Events that are lost, and surplus rows.
async fn compare(stack: &Stack, which: &str, acknowledged: u64) -> anyhow::Result<(u64, u64)> {
    let query = format!(
        "SELECT count(*) AS stored, count(DISTINCT event_id) AS different \
         FROM render_events WHERE {which}"
    );
    let rows = stack.client.sql(stack.log()?, &query).await?;
    let row = rows.first().context("no row")?;
    let (stored, different) = (number(row, "stored")?, number(row, "different")?);
    ensure!(
        different <= acknowledged,
        "{different} events are stored of {acknowledged} sent"
    );
    let mut doubled = stored - different;
    let views = acknowledged / EVENTS;
    let derived = [
        (
            format!("SELECT COUNT(*) AS n FROM page_views WHERE {which}"),
            views,
        ),
        (
            format!("SELECT COUNT(*) AS n FROM ad_renders WHERE {which}"),
            views * SLOTS,
        ),
        (
            format!("SELECT SUM(events) AS n FROM page_views WHERE {which}"),
            acknowledged,
        ),
    ];
    for (sql, expected) in derived {
        doubled += settled(stack, &sql, "n", expected)
            .await?
            .abs_diff(expected);
    }
    Ok((acknowledged - different, doubled))
}

/// The number that a query gives once it is the expected one, or the last one that it gave.
async fn settled(stack: &Stack, sql: &str, name: &str, expected: u64) -> anyhow::Result<u64> {
    let mut last = 0;
    let end = wait::until(sql, async || {
        let rows = stack.client.sql(stack.log()?, sql).await?;
        last = rows
            .first()
            .and_then(|row| row[name].as_u64())
            .unwrap_or_default();
        Ok((last == expected).then_some(last))
    });
    Ok(end.await.unwrap_or(last))
}

/// How often waiting may see nothing land before that is a fault; the machine may be busy.
const PATIENCE: u32 = 5;

/// Waits until the buffer is empty, for as long as it gets emptier: runs that die young leave much behind,
/// and the next one reads the ids of a whole day before it lands anything.
async fn landed(stack: &Stack) -> anyhow::Result<()> {
    let url = stack.log()?.url("http", "/status");
    let (mut before, mut still) = (u64::MAX, 0);
    loop {
        let mut left = before;
        let empty = wait::until("an empty buffer", async || {
            let status: Value = serde_json::from_str(&stack.client.get(&url).await?)?;
            left = number(&status, "buffered_bytes")?;
            Ok((left == 0).then_some(()))
        });
        match empty.await {
            Ok(()) => return Ok(()),
            Err(_) if left < before => (before, still) = (left, 0),
            Err(_) if still < PATIENCE => still += 1,
            Err(error) => return Err(error),
        }
    }
}

/// How many commits of each kind the logs of all tables hold.
fn commits(tables: &Path) -> anyhow::Result<BTreeMap<String, u32>> {
    let mut counts = BTreeMap::new();
    for table in std::fs::read_dir(tables)? {
        for entry in std::fs::read_dir(table?.path().join("_delta_log"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|end| end == "json") {
                let text = std::fs::read_to_string(&path)?;
                if let Some(operation) = text.lines().find_map(operation) {
                    *counts.entry(operation).or_default() += 1;
                }
            }
        }
    }
    Ok(counts)
}

fn operation(line: &str) -> Option<String> {
    let action: Value = serde_json::from_str(line).ok()?;
    Some(action["commitInfo"]["operation"].as_str()?.to_owned())
}

fn number(row: &Value, name: &str) -> anyhow::Result<u64> {
    row[name]
        .as_u64()
        .with_context(|| format!("no {name} in {row}"))
}
