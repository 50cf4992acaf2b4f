//! Sets up logging to stderr; stdout carries the one line that says where the program listens.

use tracing_subscriber::EnvFilter;

/// Installs the subscriber; `RUST_LOG` overrides the level `info`.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
