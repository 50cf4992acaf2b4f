//! The real programs together, over real sockets.
//!
//! Each test starts the programs it needs on free ports and stops them when it ends. The
//! programs must have been built: `cargo build --workspace --bins`.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod auction_to_table;
#[cfg(feature = "browser")]
mod browser;
mod captures;
mod counted;
mod faults;
#[cfg(feature = "clients")]
mod foreign_s3;
mod forward_ack;
mod hostile;
mod ingest_crash;
mod ingest_restart;
mod postgres;
#[cfg(feature = "clients")]
mod real_clients;
mod s3;
mod simulator;
mod slow_ssps;
mod ssp_requests;
mod worked_example;
