//! The `log-ingest` program; see [`log_ingest::cli`] for its commands.

use std::process::ExitCode;

use clap::Parser as _;
use log_ingest::cli::{Cli, explain, run};
use tikv_jemallocator::Jemalloc;

/// Each event on its way into a table makes and drops dozens of small strings, on several threads.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    log_ingest::telemetry::start();
    match run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write as _;
            // Nothing is left to be done if even this cannot be written.
            drop(writeln!(
                std::io::stderr(),
                "log-ingest: {}",
                explain(&error)
            ));
            ExitCode::FAILURE
        }
    }
}
