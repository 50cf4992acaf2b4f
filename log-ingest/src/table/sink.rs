//! What the receiver's lander calls with each sealed segment.
//!
//! The tables are committed one after another. A crash in between leaves some of them with the
//! segment and some without; when the segment comes again, the first ones know it already.

use ad_events::quarantine::QUARANTINE;
use log_receiver::{LandReport, Segment, SinkError, TableSink};

use super::TableError;
use super::lake::Lake;
use super::route::batches;
use super::rows::TableBatch;
use super::writer::{Committed, SegmentId, TableWriter};
use crate::metrics::TableMetrics;

/// Lands segments in the tables of a lake.
#[derive(Debug)]
pub struct LakeSink {
    writers: Vec<TableWriter>,
    metrics: TableMetrics,
}

impl LakeSink {
    /// A sink into those tables.
    pub fn new(lake: &Lake, metrics: TableMetrics) -> Self {
        let tables = lake.tables().iter();
        Self {
            writers: tables
                .map(|table| TableWriter::new(table.clone()))
                .collect(),
            metrics,
        }
    }

    async fn land_in_tables(&self, segment: Segment) -> Result<LandReport, TableError> {
        let Segment {
            buffer_id,
            seq,
            records,
        } = segment;
        // Tens of thousands of rows take a while: not on a thread that serves connections.
        let batches = tokio::task::spawn_blocking(move || batches(records)).await??;
        let id = SegmentId {
            buffer: &buffer_id,
            seq,
        };
        let mut report = LandReport::default();
        for batch in &batches {
            self.land_batch(id, batch, &mut report).await?;
        }
        Ok(report)
    }

    async fn land_batch(
        &self,
        id: SegmentId<'_>,
        batch: &TableBatch,
        report: &mut LandReport,
    ) -> Result<(), TableError> {
        let name = batch.table.name;
        let Some(writer) = self.writers.iter().find(|writer| writer.table() == name) else {
            return Ok(()); // Cannot be: batches and writers are made from the same list.
        };
        let rows = u64::try_from(batch.counts.rows).unwrap_or(u64::MAX);
        match writer.commit(id, &batch.batch).await? {
            Committed::Before => report.duplicates += rows,
            Committed::Now => {
                self.metrics.landed(name, &batch.counts);
                if name == QUARANTINE.name {
                    report.quarantined += rows;
                } else {
                    report.stored += rows;
                }
            }
        }
        Ok(())
    }
}

impl TableSink for LakeSink {
    async fn land(&self, segment: Segment) -> Result<LandReport, SinkError> {
        self.land_in_tables(segment).await.map_err(SinkError::new)
    }
}
