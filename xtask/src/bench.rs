//! `cargo xtask bench NAME`: one table of measured ratios each.
//!
//! Every table compares with a peer or with a limit that the same run has measured. The servers are
//! optimised builds, as an operator runs them; figures of one machine say little, their ratios more.

use std::path::PathBuf;
use std::process::Command;

use crate::report::{self, Row};
use crate::wasm::{self, size};
use crate::{build, paths, setup, step};
use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};

/// Options of `cargo xtask bench`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What to measure.
    name: Name,
    /// How often `page` opens each design.
    #[arg(long, default_value_t = 9)]
    runs: u32,
    /// How often `crash` kills log-ingest (1000 times if not given), and `loss` makes a tab go away in
    /// each manner (100 times).
    #[arg(long)]
    rounds: Option<u32>,
    /// `size` also says what each module of the SDK's crate weighs.
    #[arg(long)]
    by_module: bool,
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
    /// Time from the acknowledgement of an event until a query sees it, on disk, in a store and after a kill.
    Visible,
    /// Events acknowledged before log-ingest is killed at random moments, against the tables.
    Crash,
    /// What users notice of attacks at every port, against the same users alone.
    Hostile,
    /// Time of the analysts' queries, against reading one column.
    Query,
    /// How early pages ask for bids, use them and show an ad, against a bare request and Prebid.js.
    Page,
    /// Events of the SDK that never arrive when a tab is closed, sent elsewhere, reloaded or killed, by their numbers.
    Loss,
    /// Bytes of the SDK on the wire, against Prebid.js with its server adapter.
    Size,
}

/// Measures and prints.
pub(crate) fn run(options: &Options) -> Result<()> {
    let rows = match options.name {
        Name::Auction => build::released_auction().and_then(|()| measure("auction", "2 minutes")),
        Name::Ingest => build::released_programs().and_then(|()| measure("ingest", "8 minutes")),
        Name::Visible => build::released_programs().and_then(|()| measure("visible", "3 minutes")),
        Name::Crash => crash(options.rounds.unwrap_or(1000)),
        Name::Hostile => build::released_programs().and_then(|()| measure("hostile", "12 minutes")),
        Name::Query => build::released_programs().and_then(|()| measure("query", "a minute")),
        Name::Page => page(options.runs),
        Name::Loss => loss(options.rounds.unwrap_or(100)),
        Name::Size => sizes(options.by_module),
    }?;
    for table in same_columns(&rows) {
        report::print_table(&report::pair_percentiles(table));
    }
    if let Some(file) = &options.json {
        report::write_json(&rows, file)?;
    }
    Ok(())
}

/// One table for each run of rows with the same columns.
fn same_columns(rows: &[Row]) -> impl Iterator<Item = &[Row]> {
    rows.chunk_by(|one, next| one.keys().eq(next.keys()))
}

/// Has the measuring program start the servers and measure them.
fn measure(what: &str, takes: &str) -> Result<Vec<Row>> {
    measure_with(&[what], takes)
}

/// 1000 rounds are what a release needs; from 300 on, the run also fails if a stage was never struck.
fn crash(rounds: u32) -> Result<Vec<Row>> {
    build::released_programs()?;
    let rounds = rounds.to_string();
    measure_with(&["crash", "--rounds", &rounds], "a second for each round")
}

fn measure_with(what: &[&str], takes: &str) -> Result<Vec<Row>> {
    let about = format!("about {takes}");
    step::announce(&format!("measuring: {}", what.join(" ")), Some(&about));
    printed_rows(step::command(paths::released("measure")).args(what))
}

/// The rows that a measuring program prints as JSON.
fn printed_rows(command: &mut Command) -> Result<Vec<Row>> {
    let printed = step::run_quietly(command)?;
    serde_json::from_str(&printed).context("the measuring program printed no rows")
}

/// Has Chromium open the compared designs, and then ours again to trace their tasks.
fn page(runs: u32) -> Result<Vec<Row>> {
    let toolchain = setup::everything()?;
    build::programs()?;
    wasm::build(toolchain)?;
    step::announce("measuring: page", Some("about 4 minutes for each run"));
    let runs = ["--runs", &runs.to_string()];
    let mut rows = by_node("bench/browser/page-bench.mjs", runs)?;
    rows.extend(by_node("bench/browser/task-bench.mjs", runs)?);
    Ok(rows)
}

/// Has Chromium leave pages right after they have recorded something.
fn loss(rounds: u32) -> Result<Vec<Row>> {
    let toolchain = setup::everything()?;
    build::programs()?;
    wasm::build(toolchain)?;
    step::announce("measuring: loss", Some("about 10 seconds for each round"));
    by_node(
        "sdk-wasm/tests/browser/loss.mjs",
        ["--runs", &rounds.to_string()],
    )
}

fn by_node(script: &str, options: [&str; 2]) -> Result<Vec<Row>> {
    let mut node = step::command("node");
    printed_rows(node.arg(script).args(options).current_dir(paths::root()))
}

fn sizes(by_module: bool) -> Result<Vec<Row>> {
    let toolchain = setup::for_wasm()?;
    build::wasm_binder()?;
    wasm::build(toolchain)?;
    let mut rows = size::weigh_sdk()?;
    let prebid = paths::prebid_bundle();
    let weights = size::weigh([prebid.as_path()].into_iter())?;
    rows.extend(
        weights
            .iter()
            .map(|weight| size::row("Prebid.js + server adapter", weight)),
    );
    if by_module {
        rows.extend(wasm::weigh_by_module(toolchain)?);
    }
    Ok(rows)
}
