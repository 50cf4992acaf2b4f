//! The bid server's program: arguments, configuration, logs, run.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use bid_server::{Config, Listeners, check_adapters, run, shutdown, telemetry};
use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

/// An auction allocates and frees thousands of small strings; the C library's allocator took a quarter of its
/// time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Holds ad auctions: OpenRTB 2.6 in, the highest bids out.
#[derive(Debug, Parser)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
struct Arguments {
    /// Settings in TOML; config/bid-server.toml lists them all.
    #[arg(long, value_name = "FILE", required = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compiles the adapter definitions in a folder and runs their cases; starts nothing, calls nobody.
    CheckAdapters {
        /// Contains one folder per definition.
        folder: PathBuf,
        /// Writes the actual results into the cases, for you to review.
        #[arg(long)]
        accept: bool,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(Command::CheckAdapters { folder, accept }) = arguments.command {
        return check(&folder, accept);
    }
    telemetry::init();
    let path = arguments.config.context("--config is missing")?;
    let config =
        Config::load(&path).with_context(|| format!("configuration {}", path.display()))?;
    let listeners = Listeners::bind(&config.listen)?;
    writeln!(std::io::stdout(), "listening {listeners}")?;
    run(config, listeners, shutdown::requested()).await?;
    Ok(())
}

fn check(folder: &Path, accept: bool) -> anyhow::Result<()> {
    let report = check_adapters(folder, accept)?;
    for line in &report.lines {
        writeln!(std::io::stdout(), "{line}")?;
    }
    anyhow::ensure!(!report.failed, "some definitions or cases are wrong");
    Ok(())
}
