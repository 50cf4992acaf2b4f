//! What the receiver's lander calls with each sealed segment.
//!
//! The tables are committed one after another. A crash in between leaves some of them with the
//! segment and some without; when the segment comes again, the first ones know it already.

use std::sync::Arc;

use ad_events::load::TABLE_LOADS;
use ad_events::quarantine::QUARANTINE;
use ad_events::table::Source;
use log_receiver::{LandReport, Segment, SinkError, TableSink};
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::TableError;
use super::lake::Lake;
use super::landing::LandingState;
use super::loads::Loads;
use super::metrics::TableMetrics;
use super::recent_ids::RecentIdLimits;
use super::route::batches;
use super::rows::TableBatch;
use super::time::TimeWindow;
use super::writer::{Landed, SegmentId, TableWriter};
use crate::stage::{self, Stage};

/// What holds for all that is landed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LandingRules {
    /// Which times are possible.
    pub window: TimeWindow,
    /// How long an event is known.
    pub recent_ids: RecentIdLimits,
}

/// Lands segments in the tables of a lake.
#[derive(Debug, Clone)]
pub struct LakeSink {
    tables: Arc<LandingTables>,
    /// Where the work is done: encoding files keeps a thread busy, and the threads that receive have other things to do.
    runtime: Handle,
    state: LandingState,
}

#[derive(Debug)]
struct LandingTables {
    writers: Vec<TableWriter>,
    rules: LandingRules,
    metrics: TableMetrics,
}

impl LakeSink {
    /// A sink into those tables, which works on that runtime.
    pub fn new(lake: &Lake, rules: LandingRules, metrics: TableMetrics, runtime: Handle) -> Self {
        let tables = lake.tables().iter();
        let written = tables.filter(|table| table.description().source != Source::Derived);
        let writers = written.map(|table| TableWriter::new(table.clone(), rules.recent_ids));
        Self {
            tables: Arc::new(LandingTables {
                writers: writers.collect(),
                rules,
                metrics,
            }),
            runtime,
            state: LandingState::default(),
        }
    }

    /// How landing goes.
    pub fn state(&self) -> LandingState {
        self.state.clone()
    }
}

impl LandingTables {
    async fn land_in_tables(&self, segment: Segment) -> Result<LandReport, TableError> {
        let Segment {
            buffer_id,
            seq,
            records,
        } = segment;
        let _stage = stage::begin(Stage::Land, None);
        let window = self.rules.window;
        // Tens of thousands of rows take a while: not on a thread that serves connections.
        let batches = match tokio::task::spawn_blocking(move || batches(records, window)).await {
            Ok(batches) => batches.map_err(of_records)?,
            Err(died) if died.is_panic() => return Err(of_records(died.into())),
            Err(cancelled) => return Err(cancelled.into()),
        };
        let id = SegmentId {
            buffer: &buffer_id,
            seq,
        };
        let mut report = LandReport::default();
        let mut loads = Loads::of(id);
        for batch in batches {
            let landed = self.land_batch(id, &batch).await?;
            loads.push(batch.table.name, &batch.counts, landed);
            let stored = count(landed.stored);
            if batch.table.name == QUARANTINE.name {
                report.quarantined += stored;
            } else {
                report.stored += stored;
            }
            report.duplicates += count(landed.duplicates);
        }
        let loads = loads.finish()?;
        if !loads.pieces.is_empty() {
            self.writer(TABLE_LOADS.name)?
                .land(id, &loads.pieces)
                .await?;
        }
        Ok(report)
    }

    async fn land_batch(
        &self,
        id: SegmentId<'_>,
        batch: &TableBatch,
    ) -> Result<Landed, TableError> {
        let name = batch.table.name;
        let landed = self.writer(name)?.land(id, &batch.pieces).await?;
        self.metrics.landed(name, &batch.counts, landed);
        Ok(landed)
    }

    fn writer(&self, table: &'static str) -> Result<&TableWriter, TableError> {
        let mut writers = self.writers.iter();
        let found = writers.find(|writer| writer.table() == table);
        found.ok_or(TableError::Unknown(table))
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

impl TableSink for LakeSink {
    async fn land(&self, segment: Segment) -> Result<LandReport, SinkError> {
        self.state.began(Instant::now());
        let tables = Arc::clone(&self.tables);
        let mut work = JoinSet::new();
        work.spawn_on(
            async move { tables.land_in_tables(segment).await },
            &self.runtime,
        );
        let result = match work.join_next().await {
            Some(Ok(result)) => result,
            Some(Err(died)) => Err(died.into()),
            None => Err(TableError::Unknown("landing")),
        };
        self.state.ended(&result);
        result.map_err(sink_error)
    }
}

fn of_records(error: TableError) -> TableError {
    TableError::Records(Box::new(error))
}

/// The lander tries again, but splits a segment whose records cannot be landed, until it has the one that is at fault.
fn sink_error(error: TableError) -> SinkError {
    match error {
        TableError::Records(_) => SinkError::of_records(error),
        error => SinkError::new(error),
    }
}

#[cfg(test)]
mod tests {
    use log_receiver::SinkErrorCause;

    use super::*;

    #[test]
    fn only_what_is_wrong_with_the_records_splits_a_segment() {
        let contended = || TableError::Contended {
            table: QUARANTINE.name,
            attempts: 3,
        };
        let cause = |error| sink_error(error).cause();
        assert_eq!(cause(contended()), SinkErrorCause::Circumstances);
        assert_eq!(cause(of_records(contended())), SinkErrorCause::Records);
    }
}
