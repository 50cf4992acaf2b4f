//! Step 6, tell: metrics and rows about each auction and bid, delivered to log-ingest without delaying anybody.
//!
//! An [`AuctionReport`] is made before the answer is written and becomes rows once the answer is on its way.
//! [`rows`] encodes them and [`queue`] holds them: it is bounded in bytes, and when it is full, the oldest
//! rows are dropped and counted. [`sender`] takes them in chunks over [`connection`] and repeats each chunk
//! until it is acknowledged, with the pauses of [`retry`]. A chunk keeps its id over all attempts.

mod auction_metrics;
mod bid_record;
mod chunk;
mod config;
mod connection;
mod handshake;
mod metrics;
mod queue;
mod report;
mod retry;
mod rows;
mod sender;
mod ssp_metrics;

pub(crate) use auction_metrics::AuctionMetrics;
pub use config::LogOutputConfig;
pub use handshake::SharedKey;
pub(crate) use metrics::QueueMetrics;
pub(crate) use queue::Queue;
pub(crate) use report::AuctionReport;
pub(crate) use sender::RowSender;
