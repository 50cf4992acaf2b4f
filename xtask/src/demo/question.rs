//! The question that the demo asks of the tables, and the wait until they can answer it.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::report::Row;
use crate::{paths, step};

/// The analysts' query that the demo prints.
const QUERY: &str = "log-ingest/queries/latency_by_variant.sql";

/// Rows land about a second after their beacons; this is how long we wait for the last ones.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until every page view has reached the tables, then asks the query.
pub(crate) fn ask_until_complete(views: u32, page_views: &[String]) -> Result<Vec<Row>> {
    step::announce("waiting for the last rows to land", None);
    let tries = PATIENCE.as_secs();
    for _ in 0..tries {
        if landed(page_views)? >= page_views.len() {
            let text = std::fs::read_to_string(paths::root().join(QUERY))
                .with_context(|| format!("cannot read {QUERY}"))?;
            return ask(&text);
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    bail!(
        "{} of {} page views ({views} of each variant) reached the tables within {tries} s",
        landed(page_views)?,
        page_views.len()
    )
}

/// How many of the views have all their slots settled in the tables.
fn landed(page_views: &[String]) -> Result<usize> {
    let ids: Vec<String> = page_views
        .iter()
        .filter(|id| id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
        .map(|id| format!("'{id}'"))
        .collect();
    if ids.is_empty() {
        return Ok(0);
    }
    let rows = ask(&format!(
        "SELECT count(DISTINCT page_view_id) AS n FROM render_events \
         WHERE event IN ('ad_rendered', 'slot_empty') AND page_view_id IN ({})",
        ids.join(",")
    ))?;
    let n = rows
        .first()
        .and_then(|row| row.get("n"))
        .and_then(Value::as_u64);
    usize::try_from(n.unwrap_or(0)).context("a count out of range")
}

fn ask(sql: &str) -> Result<Vec<Row>> {
    let printed = step::run_quietly(
        step::command(paths::program("log-ingest"))
            .args(["query", "--config", "demo-site/demo/log-ingest.toml"])
            .args(["--format", "json", sql]),
    )?;
    serde_json::from_str(&printed)
        .with_context(|| format!("log-ingest query printed no rows: {printed}"))
}
