//! The receiver over real sockets and real files.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

mod backpressure;
mod clients;
mod crash;
mod faults;
mod forward;
mod http;
mod restart;
mod setup;
