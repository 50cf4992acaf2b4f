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
