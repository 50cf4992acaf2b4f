//! `measure auction|ingest|visible|crash|hostile|query`: starts the real programs, measures, prints rows as JSON.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

/// That of the bid server, so that what `bare` costs can be compared with it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Measures the programs beside it; `cargo xtask bench` prints its rows as a table.
#[derive(Debug, Parser)]
struct Arguments {
    /// What to measure.
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Cost and added time of auctions, against the same HTTP calls alone.
    Auction {
        /// Only requests with this many imps.
        #[arg(long)]
        imps: Option<usize>,
        /// Only requests to this many SSPs.
        #[arg(long)]
        ssps: Option<usize>,
    },
    /// Events acknowledged a second, against the disk alone, and a steady load.
    Ingest {
        /// How long the steady load lasts; twice a fifth of it goes to acknowledgements with hostile queries and without.
        #[arg(long, default_value_t = 300)]
        seconds: u64,
    },
    /// Time from the acknowledgement of an event until a query sees it.
    Visible,
    /// Events acknowledged before log-ingest is killed, against the tables.
    Crash {
        /// How often it is killed.
        #[arg(long, default_value_t = 100)]
        rounds: u32,
        /// The moments follow from it.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// What users notice of attacks at every port, against the same users alone.
    Hostile {
        /// How long the attacks last; the users are alone for a fifth of it before.
        #[arg(long, default_value_t = 600)]
        seconds: u64,
    },
    /// Time of the analysts' queries, against reading one column.
    Query,
    /// Passes bodies on to all SSPs at once; the limit of `auction`.
    #[command(hide = true)]
    Bare {
        /// The SSPs.
        urls: Vec<String>,
        /// With which client.
        #[arg(long)]
        client: bench::Client,
        /// Not read: every program of a measurement is given one.
        #[arg(long)]
        config: Option<PathBuf>,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let rows = match Arguments::parse().what {
        What::Auction { imps, ssps } => bench::auction(imps, ssps).await?,
        What::Ingest { seconds } => bench::ingest(seconds).await?,
        What::Visible => bench::visible().await?,
        What::Crash { rounds, seed } => bench::crash(rounds, seed).await?,
        What::Hostile { seconds } => bench::hostile(seconds).await?,
        What::Query => bench::query().await?,
        What::Bare { urls, client, .. } => return bench::bare(client, urls).await,
    };
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&rows)?)?;
    Ok(())
}
