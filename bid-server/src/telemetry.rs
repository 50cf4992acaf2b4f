//! Logs go to stderr, because stdout carries the one line that says where we listen.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

/// `RUST_LOG` chooses what is shown; the default is `info`. A second call changes nothing.
pub fn init() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    if subscriber.try_init().is_err() {
        tracing::debug!("logs are set up already");
    }
}
