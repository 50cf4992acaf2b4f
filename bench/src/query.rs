//! How long the analysts' queries take, against reading one column of the same rows.

use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;
use tokio::time::Instant;

use crate::ingest::records;
use crate::rows::{Row, rounded, row};
use crate::spread::Spread;
use crate::year;
use system_tests::program::root;
use system_tests::stack::{Plan, Stack};

/// A query's name and its SQL.
type Query = (String, String);

/// Batches of a thousand page views with six events each.
const BATCHES: u32 = 40;
const EVENTS_A_BATCH: u32 = 6000;
const RUNS: usize = 7;

/// Each query of `log-ingest/queries`, over a quarter of a million render events, and percentiles of
/// a year from roll-ups.
///
/// # Errors
/// When a program does not start or a query fails.
pub async fn query() -> anyhow::Result<Vec<Row>> {
    let mut stack = Stack::start(Plan::worked_example()).await?;
    let log = stack.log()?;
    for batch in 0..BATCHES {
        for events in records(EVENTS_A_BATCH, batch).chunks(1000) {
            let body = serde_json::to_string(events)?;
            let (status, answer) = stack
                .client
                .post(&log.url("http", "/ads.render"), body)
                .await?;
            anyhow::ensure!(status == 204, "log-ingest answered {status}: {answer}");
        }
    }
    let total = BATCHES * EVENTS_A_BATCH;
    let landed = format!("SELECT 1 FROM render_events HAVING count(*) >= {total}");
    stack.rows(&landed, 1).await?;

    let mut queries = vec![(
        "one column read".to_owned(),
        "SELECT max(elapsed_ms) FROM render_events".to_owned(),
    )];
    queries.extend(named_queries()?);
    let mut rows: Vec<Row> = Vec::new();
    let mut limit = f64::NAN;
    for (name, sql) in queries {
        let median = median_ms(&stack, &sql).await?;
        if rows.is_empty() {
            limit = median;
        }
        rows.push(line(&name, total, (median, limit)));
    }
    let renders = year::fill(&mut stack).await?;
    for (name, sql) in year::QUERIES {
        let median = median_ms(&stack, sql).await?;
        rows.push(line(name, renders, (median, limit)));
    }
    Ok(rows)
}

async fn median_ms(stack: &Stack, sql: &str) -> anyhow::Result<f64> {
    let mut spread = Spread::default();
    for _ in 0..RUNS {
        let started = Instant::now();
        stack.client.sql(stack.log()?, sql).await?;
        let taken: Duration = started.elapsed();
        spread.add(vec![taken]);
    }
    Ok(spread.percentile_ms(50))
}

fn line(name: &str, rows: u32, (median, limit): (f64, f64)) -> Row {
    row(json!({
        "query": name,
        "rows": rows,
        "median_ms": rounded(median),
        "to_one_column": rounded(median / limit),
    }))
}

/// The queries that log-ingest ships: name and SQL.
fn named_queries() -> anyhow::Result<Vec<Query>> {
    let folder = root().join("log-ingest/queries");
    let mut queries = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path
            .file_stem()
            .map(|name| name.to_string_lossy().into_owned());
        queries.push((name.unwrap_or_default(), std::fs::read_to_string(&path)?));
    }
    queries.sort();
    Ok(queries)
}
