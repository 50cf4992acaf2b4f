//! Step 5, tell: rows about each auction and bid, brought to log-ingest without delaying anybody.
//!
//! [`report`] makes the rows, [`rows`] encodes them, [`queue`] holds them (bounded in bytes; when full, the oldest go and
//! are counted), [`sender`] takes them in chunks over [`connection`] and repeats each until its
//! ack is there, with the pauses of [`retry`]. A chunk keeps its id over all attempts.

mod chunk;
mod connection;
mod queue;
pub(crate) mod report;
mod retry;
mod rows;
mod sender;

pub(crate) use queue::Queue;
pub(crate) use rows::Rows;
pub(crate) use sender::Sender;
