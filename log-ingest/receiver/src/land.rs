//! The way from a sealed segment into tables: what a sink is, and the loop that feeds it.
//!
//! Segments arrive strictly in the order of their numbers, one at a time. A segment is deleted only after
//! [`TableSink::land`] has succeeded, so a crash in between hands the same segment over once more.
//!
//! A segment whose records the sink cannot take, several times in a row, is handed over in parts, until what is wrong is found
//! and set aside: one record must not keep all that follow from the tables.

mod lander;
mod metrics;
mod parts;
mod records;

use std::error::Error;
use std::future::Future;
use std::ops::AddAssign;

pub(crate) use lander::{Lander, Stop};
pub(crate) use metrics::LandMetrics;
#[cfg(test)]
pub(crate) use metrics::Loss;
pub use records::{Records, RecordsIter};

/// A batch of events that were acknowledged to their senders.
///
/// Where a segment cannot be landed whole, its parts come as segments of their own, under a `buffer_id` made of the
/// buffer's name and the segment's number, with numbers that grow.
///
/// `buffer_id` and `seq` together name it forever: a sink that commits them with the rows (Delta's `txn`
/// action with an application id made of `buffer_id`, and `seq` as version) knows a repetition when it sees one.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Random name of the buffer directory; a new directory has a new one, so its numbers cannot be taken for old.
    pub buffer_id: String,
    /// Number within the buffer: grows, may skip, is never used twice.
    pub seq: u64,
    /// The events in the order in which they became durable.
    pub records: Records,
}

/// What became of the records of a segment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LandReport {
    /// Rows that this call added to tables.
    pub stored: u64,
    /// Records that no table takes and that were kept aside.
    pub quarantined: u64,
    /// Records left out because they are there already, by an earlier call or an earlier sending.
    pub duplicates: u64,
}

/// The segment was not landed. It stays in the buffer and is offered again.
#[derive(Debug, thiserror::Error)]
#[error("segment not landed")]
pub struct SinkError {
    #[source]
    source: Box<dyn Error + Send + Sync>,
    cause: SinkErrorCause,
}

/// What has to change before the segment can be landed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SinkErrorCause {
    /// Something outside the records: a store that cannot be reached, a full disk. The segment is offered until it is landed.
    Circumstances,
    /// The records themselves. After a few attempts the segment is landed in parts, and what cannot be landed in any part
    /// is set aside.
    Records,
}

impl SinkError {
    /// Wraps what went wrong around the records; the text is logged.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            source: source.into(),
            cause: SinkErrorCause::Circumstances,
        }
    }

    /// Wraps what is wrong with the records, such as values that no column holds, or too many of them at once. The sink
    /// promises that nothing of this segment is in any table.
    pub fn of_records(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            source: source.into(),
            cause: SinkErrorCause::Records,
        }
    }

    /// What has to change.
    pub fn cause(&self) -> SinkErrorCause {
        self.cause
    }
}

impl AddAssign for LandReport {
    fn add_assign(&mut self, other: Self) {
        self.stored += other.stored;
        self.quarantined += other.quarantined;
        self.duplicates += other.duplicates;
    }
}

/// Where records end up.
pub trait TableSink: Send + Sync + 'static {
    /// Stores all records of the segment durably, or none of them visibly to a repetition: called again with the
    /// same `buffer_id` and `seq`, which happens after errors and crashes, it must not add a row twice.
    fn land(&self, segment: Segment) -> impl Future<Output = Result<LandReport, SinkError>> + Send;
}
