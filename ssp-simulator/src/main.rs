//! `ssp-simulator --config FILE`: plays the SSPs of the file until it is told to stop.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use ssp_simulator::config::Config;
use tokio::signal::unix::{SignalKind, signal};

/// Plays any number of SSPs: OpenRTB 2.6 bidders with seeded behaviour and faults.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let path = Arguments::parse().config;
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let config = Config::parse(&text).with_context(|| path.display().to_string())?;
    let listener = listen::bind(config.listen)
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    let mut terminate = signal(SignalKind::terminate())?;
    let shutdown = async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    };
    // The program that started the simulator waits for this line.
    writeln!(
        std::io::stdout(),
        "listening ssp={}",
        listener.local_addr()?
    )?;
    ssp_simulator::run(config, listener, shutdown).await?;
    Ok(())
}
