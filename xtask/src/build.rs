//! Building the servers: once, with everything, so that features and artefacts stay the same.

use anyhow::Result;

use crate::step;

/// The whole workspace is named even where one program would do: Cargo chooses the features of
/// shared dependencies by what is named together, and another choice would build the query engine
/// a second time.
const WORKSPACE: [&str; 2] = ["build", "--workspace"];
/// Measured with `cargo build --timings` on two cores, from nothing.
const PAGES_CPU_MINUTES: usize = 10;
/// The same, with what a page needs already built.
const ENGINE_CPU_MINUTES: usize = 18;

/// How long a first build takes here, in words.
fn minutes(cpu_minutes: usize) -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let minutes = cpu_minutes.div_ceil(cores);
    format!("the first time about {minutes} min on {cores} cores")
}

/// Builds what a page with ads needs into `target/debug`: everything but the query engine.
pub(crate) fn pages() -> Result<()> {
    step::announce(
        "building bid-server, demo-site, ssp-simulator",
        Some(&minutes(PAGES_CPU_MINUTES)),
    );
    build(&[
        "bid-server",
        "demo-site",
        "ssp-simulator",
        "wasm-bindgen-runner",
    ])
}

/// Builds log-ingest, where the query engine is, into `target/debug`.
pub(crate) fn log_ingest() -> Result<()> {
    step::announce(
        "building log-ingest with its query engine",
        Some(&minutes(ENGINE_CPU_MINUTES)),
    );
    build(&["log-ingest"])
}

/// Builds what binds the SDK to a browser.
pub(crate) fn wasm_binder() -> Result<()> {
    build(&["wasm-bindgen-runner"])
}

fn build(programs: &[&str]) -> Result<()> {
    let named = programs.iter().flat_map(|program| ["--bin", program]);
    step::run(step::cargo().args(WORKSPACE).args(named))
}

/// Builds every program of the workspace into `target/debug`.
pub(crate) fn programs() -> Result<()> {
    step::announce(
        "building the servers",
        Some(&minutes(PAGES_CPU_MINUTES + ENGINE_CPU_MINUTES)),
    );
    step::run(step::cargo().args(WORKSPACE).arg("--bins"))
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
