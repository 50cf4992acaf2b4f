//! Building the servers: once, with everything, so that features and artefacts stay the same.

use anyhow::Result;

use crate::step;

/// Builds every program of the workspace into `target/debug`.
///
/// The whole workspace is named even where one program would do: Cargo chooses the features of
/// shared dependencies by what is built together, and another choice would build the query engine
/// a second time.
pub(crate) fn programs() -> Result<()> {
    step::announce(
        "building the servers",
        Some("the first time about 20 minutes on two cores, most of it the query engine"),
    );
    step::run(step::cargo().args(["build", "--workspace", "--bins"]))
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
