//! What the receiver's lander calls with each sealed segment.
//!
//! The tables are committed one after another. A crash in between leaves some of them with the
//! segment and some without; when the segment comes again, the first ones know it already.

use ad_events::load::TABLE_LOADS;
use ad_events::quarantine::QUARANTINE;
use ad_events::table::Source;
use log_receiver::{LandReport, Segment, SinkError, TableSink};

use super::TableError;
use super::lake::Lake;
use super::loads::Loads;
use super::route::batches;
use super::rows::TableBatch;
use super::seen::SeenLimits;
use super::time::TimeWindow;
use super::writer::{Landed, SegmentId, TableWriter};
use crate::metrics::TableMetrics;
use crate::stage::{self, Stage};

/// What holds for all that is landed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LandingRules {
    /// Which times are possible.
    pub window: TimeWindow,
    /// How long an event is known.
    pub seen: SeenLimits,
}

/// Lands segments in the tables of a lake.
#[derive(Debug)]
pub struct LakeSink {
    writers: Vec<TableWriter>,
    rules: LandingRules,
    metrics: TableMetrics,
}

impl LakeSink {
    /// A sink into those tables.
    pub fn new(lake: &Lake, rules: LandingRules, metrics: TableMetrics) -> Self {
        let tables = lake.tables().iter();
        let written = tables.filter(|table| table.description().source != Source::Derived);
        Self {
            writers: written
                .map(|table| TableWriter::new(table.clone(), rules.seen))
                .collect(),
            rules,
            metrics,
        }
    }

    async fn land_in_tables(&self, segment: Segment) -> Result<LandReport, TableError> {
        let Segment {
            buffer_id,
            seq,
            records,
        } = segment;
        let _stage = stage::begin(Stage::Land, "");
        let window = self.rules.window;
        // Tens of thousands of rows take a while: not on a thread that serves connections.
        let batches = tokio::task::spawn_blocking(move || batches(records, window)).await??;
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
        found.ok_or_else(|| TableError::Missing {
            table,
            path: "the tables that take records".to_owned(),
        })
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

impl TableSink for LakeSink {
    async fn land(&self, segment: Segment) -> Result<LandReport, SinkError> {
        self.land_in_tables(segment).await.map_err(SinkError::new)
    }
}
