//! Building the servers: once, with everything, so that features and artefacts stay the same.

use std::process::Command;

use anyhow::Result;

use crate::step::{self, Background};

/// The whole workspace is named even where one program would do: Cargo chooses the features of
/// shared dependencies by what is named together, and another choice would build the query engine
/// a second time.
const WORKSPACE: [&str; 2] = ["build", "--workspace"];
/// From the report of `cargo build --timings` for a build from nothing, rounded up.
const PAGES_CPU_MINUTES: usize = 10;
/// The same, with what a page needs already built.
const ENGINE_CPU_MINUTES: usize = 28;

/// How long a first build takes here, in words.
fn minutes(cpu_minutes: usize) -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let minutes = cpu_minutes.div_ceil(cores);
    format!("the first time about {minutes} min on {cores} cores")
}

/// Starts to build what a page with ads needs into `target/debug`: everything but the query engine.
pub(crate) fn start_pages() -> Result<Background> {
    step::announce(
        "building bid-server, demo-site, ssp-simulator",
        Some(&minutes(PAGES_CPU_MINUTES)),
    );
    Background::start(&mut build(&[
        "bid-server",
        "demo-site",
        "ssp-simulator",
        "wasm-bindgen-runner",
    ]))
}

/// Builds log-ingest, where the query engine is, into `target/debug`.
pub(crate) fn log_ingest() -> Result<()> {
    step::announce(
        "building log-ingest with its query engine",
        Some(&minutes(ENGINE_CPU_MINUTES)),
    );
    step::run(&mut build(&["log-ingest"]))
}

/// Builds what binds the SDK to a browser.
pub(crate) fn wasm_binder() -> Result<()> {
    step::run(&mut build(&["wasm-bindgen-runner"]))
}

fn build(programs: &[&str]) -> Command {
    let mut cargo = step::cargo();
    let named = programs.iter().flat_map(|program| ["--bin", program]);
    cargo.args(WORKSPACE).args(named);
    cargo
}

/// Builds every program of the workspace into `target/debug`.
pub(crate) fn programs() -> Result<()> {
    start_programs()?.wait()
}

/// Starts to build them.
pub(crate) fn start_programs() -> Result<Background> {
    step::announce(
        "building the servers",
        Some(&minutes(PAGES_CPU_MINUTES + ENGINE_CPU_MINUTES)),
    );
    Background::start(step::cargo().args(WORKSPACE).arg("--bins"))
}

/// Builds what an auction needs into `target/release`, fully optimised.
///
/// The query engine is not among it, so this takes minutes.
pub(crate) fn released_auction() -> Result<()> {
    step::announce(
        "building the bid server and the load generator, optimised",
        Some("the first time about 6 minutes on two cores"),
    );
    step::run(step::cargo().args([
        "build",
        "--release",
        "--bins",
        "-p",
        "bid-server",
        "-p",
        "bench",
    ]))
}

/// Builds every program of the workspace into `target/release`, fully optimised.
pub(crate) fn released_programs() -> Result<()> {
    step::announce(
        "building the servers, optimised",
        Some("the first time about 30 minutes on two cores, most of it the query engine"),
    );
    step::run(step::cargo().args(["build", "--release", "--workspace", "--bins"]))
}
