//! The bid server's program: arguments, configuration, logs, run.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use bid_server::{Config, Listeners, run, shutdown, telemetry};
use clap::Parser;
use mimalloc::MiMalloc;

/// An auction makes and drops thousands of small strings: with the C library's allocator a quarter of its time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Holds ad auctions: OpenRTB 2.6 in, the highest bids out.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Settings in TOML; config/bid-server.toml lists them all.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    telemetry::init();
    let config = Config::load(&arguments.config)
        .with_context(|| format!("configuration {}", arguments.config.display()))?;
    let listeners = Listeners::bind(&config.listen).await?;
    writeln!(std::io::stdout(), "listening {listeners}")?;
    run(config, listeners, shutdown::requested()).await?;
    Ok(())
}
