//! The `log-ingest` program; see [`log_ingest::cli`] for its commands.

use std::process::ExitCode;

use clap::Parser as _;
use log_ingest::cli::{Cli, explain, run};
use tikv_jemallocator::Jemalloc;
use tokio::task::JoinSet;

/// Each event on its way into a table makes and drops dozens of small strings, on several threads.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    log_ingest::telemetry::start();
    let done = match cli.runtime() {
        // In a task, so that it has the stack of the runtime's threads and not that of this one.
        Ok(runtime) => runtime.block_on(async {
            let mut task = JoinSet::new();
            task.spawn(run(cli));
            task.join_next().await.unwrap_or(Ok(Ok(())))
        }),
        Err(error) => Ok(Err(error.into())),
    };
    match done.unwrap_or_else(|died| Err(died.into())) {
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
