//! `cargo xtask bench NAME`: one table of measured ratios each.
//!
//! Every table compares with a peer or with a limit that the same run has measured. The servers are
//! optimised builds, as an operator runs them; figures of one machine say little, their ratios more.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::report::{self, Row};
use crate::wasm::{self, size};
use crate::{build, demo, paths, setup, step};

/// Options of `cargo xtask bench`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What to measure.
    name: Name,
    /// Also write the rows to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Name {
    /// Cost of auctions and what they add to the slowest SSP, against the same HTTP calls alone.
    Auction,
    /// Events acknowledged a second, against the disk alone.
    Ingest,
    /// Time of the analysts' queries, against reading one column.
    Query,
    /// Time to the first ad of each page variant, against the waterfall.
    Page,
    /// Bytes of the SDK on the wire, against Prebid.js with its server adapter.
    Size,
}

/// Measures and prints.
pub(crate) fn run(options: &Options) -> Result<()> {
    let rows = match options.name {
        Name::Auction => build::released_auction().and_then(|()| measure("auction", "2 minutes")),
        Name::Ingest => build::released_programs().and_then(|()| measure("ingest", "a minute")),
        Name::Query => build::released_programs().and_then(|()| measure("query", "a minute")),
        Name::Page => page(),
        Name::Size => sizes(),
    }?;
    report::print_table(&report::pair_percentiles(&rows));
    if let Some(file) = &options.json {
        report::write_json(&rows, file)?;
    }
    Ok(())
}

/// Has the measuring program of the tests start the servers and measure them.
fn measure(what: &str, takes: &str) -> Result<Vec<Row>> {
    let about = format!("about {takes}");
    step::announce(&format!("measuring: {what}"), Some(&about));
    let printed = step::run_quietly(step::command(paths::released("measure")).arg(what))?;
    serde_json::from_str(&printed).context("the measuring program printed no rows")
}

/// Page views of each variant; enough for a median, a p95 would need more.
const PAGE_VIEWS: u32 = 20;

fn page() -> Result<Vec<Row>> {
    let mut rows = demo::measure(PAGE_VIEWS)?;
    let first_ad = |row: &Row| row.get("ad_rendered_p50").and_then(Value::as_f64);
    let waterfall = rows
        .iter()
        .find(|row| row.get("variant").and_then(Value::as_str) == Some("waterfall"))
        .and_then(first_ad)
        .context("no page view of the waterfall rendered an ad")?;
    for row in &mut rows {
        let ratio = first_ad(row).map(|ms| (ms / waterfall * 100.0).round() / 100.0);
        row.insert("first_ad_to_waterfall".to_owned(), ratio.into());
    }
    Ok(rows)
}

fn sizes() -> Result<Vec<Row>> {
    build::programs()?;
    wasm::build(setup::for_wasm()?)?;
    let mut rows = size::weigh_sdk()?;
    let prebid = paths::prebid_bundle();
    let weights = size::weigh([prebid.as_path()].into_iter())?;
    rows.extend(
        weights
            .iter()
            .map(|weight| size::row("Prebid.js + server adapter", weight)),
    );
    Ok(rows)
}
