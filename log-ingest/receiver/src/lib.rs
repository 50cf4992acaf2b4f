//! log-receiver: takes events in, keeps them durably and hands them to a [`TableSink`].
//!
//! It knows neither tables nor a query engine, so that it builds in seconds; log-ingest provides the sink.

pub mod land;
mod record;

pub use land::{LandReport, Segment, SinkError, TableSink};
pub use record::Record;
