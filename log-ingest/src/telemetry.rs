//! Our own log, on standard error. `RUST_LOG` changes what it holds.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// The libraries of the query engine report every commit as news, and each of their failures several times, even where another
/// writer was merely faster; each failure comes back to us and is logged once.
const DEFAULT: &str = "warn,log_ingest=info,log_receiver=info,buoyant_kernel=off,deltalake_core::kernel::transaction=off";

/// Starts logging.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
