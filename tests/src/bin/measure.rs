//! `measure auction|ingest|query`: starts the real programs, measures, prints rows as JSON.

use std::io::Write as _;

use clap::{Parser, ValueEnum};
use system_tests::measure;

/// Measures the programs beside it; `cargo xtask bench` prints its rows as a table.
#[derive(Debug, Parser)]
struct Arguments {
    /// What to measure.
    what: What,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// Time of an auction, against one SSP asked directly.
    Auction,
    /// Events acknowledged a second, against the disk alone.
    Ingest,
    /// Time of the analysts' queries, against reading one column.
    Query,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let rows = match Arguments::parse().what {
        What::Auction => measure::auction().await?,
        What::Ingest => measure::ingest().await?,
        What::Query => measure::query().await?,
    };
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&rows)?)?;
    Ok(())
}
