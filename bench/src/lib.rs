//! Measurements of the real programs on this machine, each against a limit taken in the same run.
//!
//! A figure of one machine says little; its ratio to what the same machine does at best, seconds
//! apart, says how much of the time is ours. `cargo xtask bench` runs the program of this crate,
//! `measure`, and prints its [`rows`] as a table. The programs are started and waited for by the
//! harness of the system tests.
//!
//! * [`auction`](auction()): what an auction costs. Its load generator and its SSPs are written for speed.
//! * [`ingest`](ingest()), [`visible`](visible()), [`crash`](crash()): events on their way into the tables.
//! * [`hostile`](hostile()): users beside attacks at every port.
//! * [`query`](query()): the analysts' queries, over the tables of a year.
//!
//! What is measured in a browser is in `bench/browser`.

mod auction;
mod crash;
mod hostile;
mod ingest;
mod process;
mod query;
pub mod rows;
mod spread;
mod visible;
mod year;

pub use auction::{Client, auction, bare};
pub use crash::crash;
pub use hostile::hostile;
pub use ingest::ingest;
pub use query::query;
pub use visible::visible;
