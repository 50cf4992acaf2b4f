//! The loop that lands one sealed segment after the other and deletes what has landed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::metrics::{LandMetrics, Loss};
use super::records::{Reading, Records, Totals};
use super::{LandReport, Segment, SinkError, TableSink};
use crate::buffer::{
    BufferMetrics, ChunkIndex, ChunkWindow, Header, Ledger, ReceivedChunk, SealedQueue,
    SealedSegment, Storage, Usage,
};

const FIRST_BACKOFF: Duration = Duration::from_millis(100);

/// Takes segments off the queue, strictly in order: a later one never overtakes one that fails.
#[derive(Debug)]
pub(crate) struct Lander<S> {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) sealed: Arc<SealedQueue>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) usage: Arc<Usage>,
    pub(crate) window: Arc<ChunkWindow>,
    pub(crate) chunks: Arc<Mutex<ChunkIndex>>,
    pub(crate) metrics: LandMetrics,
    pub(crate) buffer_metrics: BufferMetrics,
    pub(crate) sink: S,
    pub(crate) max_backoff: Duration,
    pub(crate) stop: Stop,
}

/// How a shutdown ends the landing. File work is never cut off in the middle: it would go on unseen, and hold the
/// directory that the next start wants.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    /// No segment is added to the queue any more: end when it is empty.
    pub(crate) when_empty: CancellationToken,
    /// End as soon as no file is being worked on; what is left is landed after the next start.
    pub(crate) now: CancellationToken,
}

/// A segment that the sink has, and whose file is still there.
#[derive(Debug, Clone)]
struct Landed {
    damaged: u64,
    chunks: Vec<ReceivedChunk>,
}

impl<S: TableSink> Lander<S> {
    /// Lands until it is told to stop.
    pub(crate) async fn run(self) {
        let Stop { when_empty, now } = &self.stop;
        let mut backoff = FIRST_BACKOFF;
        let mut landed = None;
        while !now.is_cancelled() {
            let Some(segment) = self.sealed.front() else {
                if when_empty.is_cancelled() {
                    return;
                }
                tokio::select! {
                    () = self.sealed.arrived() => {}
                    () = when_empty.cancelled() => {}
                }
                continue;
            };
            match self.attempt(&segment, &mut landed).await {
                Ok(()) => {
                    landed = None;
                    backoff = FIRST_BACKOFF;
                    self.sealed.pop();
                    self.buffer_metrics.set_waiting_segments(self.sealed.len());
                }
                Err(error) => {
                    self.failed(&segment, &error, backoff);
                    tokio::select! {
                        () = tokio::time::sleep(backoff) => {}
                        () = now.cancelled() => {}
                    }
                    backoff = (backoff * 2).min(self.max_backoff);
                }
            }
        }
    }

    /// What the sink has taken is not handed to it again only because the file could not be deleted.
    async fn attempt(
        &self,
        segment: &SealedSegment,
        landed: &mut Option<Landed>,
    ) -> Result<(), SinkError> {
        let done = match landed.take() {
            Some(done) => done,
            None => self.land(segment).await?,
        };
        self.finish(segment, landed.insert(done)).await
    }

    /// Read and hand over. Each attempt reads the file again, so that a segment costs no memory while its turn is put off;
    /// and its bytes go once the sink has read them, so that they are not in memory beside the files that it writes.
    async fn land(&self, sealed: &SealedSegment) -> Result<Landed, SinkError> {
        let Some((header, reading)) = self.open(sealed).await? else {
            return Ok(Landed {
                damaged: 1,
                chunks: Vec::new(),
            });
        };
        let findings = reading.findings();
        let segment = Segment {
            buffer_id: header.buffer_id.simple().to_string(),
            seq: header.seq,
            records: Records::stored(Arc::new(reading)),
        };
        let mut report = tokio::select! {
            report = self.sink.land(segment) => report?,
            () = self.stop.now.cancelled() => return Err(SinkError::new("shutting down")),
        };
        let totals = match findings.totals() {
            Some(totals) => totals,
            None => self.totals(sealed).await?,
        };
        report.duplicates += totals.survey.repeated;
        self.landed(header.seq, report);
        self.metrics.replaced_texts(totals.replaced);
        Ok(Landed {
            damaged: totals.survey.damaged,
            chunks: totals.survey.chunks,
        })
    }

    /// `None` = not a segment file.
    async fn open(&self, sealed: &SealedSegment) -> Result<Option<(Header, Reading)>, SinkError> {
        let (storage, window) = (Arc::clone(&self.storage), Arc::clone(&self.window));
        let wanted = sealed.clone();
        let read = tokio::task::spawn_blocking(move || {
            let mut bytes = storage.read(&wanted.name)?;
            bytes.truncate(usize::try_from(wanted.length).unwrap_or(usize::MAX));
            Ok::<_, std::io::Error>(Reading::of(bytes, window))
        });
        let read = read.await.map_err(SinkError::new)?;
        read.map_err(SinkError::new)
    }

    /// For a sink that did not want all records.
    async fn totals(&self, sealed: &SealedSegment) -> Result<Totals, SinkError> {
        let Some((_, reading)) = self.open(sealed).await? else {
            return Err(SinkError::new("the segment is gone"));
        };
        let totals = tokio::task::spawn_blocking(move || reading.read_through());
        totals.await.map_err(SinkError::new)
    }

    /// Once the sink has the records, the file goes; one with damage, or one that an output still wants, is kept under
    /// another name.
    async fn finish(&self, sealed: &SealedSegment, landed: &Landed) -> Result<(), SinkError> {
        let Landed {
            damaged,
            chunks: landed,
        } = landed.clone();
        let ledger = Arc::clone(&self.ledger);
        let name = sealed.name.clone();
        if damaged > 0 {
            self.metrics.dropped(Loss::Damaged, damaged);
            tracing::error!(
                segment.name = name,
                damaged,
                "segment has damaged records; it is kept aside"
            );
        }
        let (window, chunks) = (Arc::clone(&self.window), Arc::clone(&self.chunks));
        let done = tokio::task::spawn_blocking(move || {
            let mut chunks = chunks.lock().unwrap_or_else(PoisonError::into_inner);
            chunks.save(&landed)?;
            window.landed(&landed);
            ledger.landed(&name, damaged > 0)
        });
        done.await
            .map_err(SinkError::new)?
            .map_err(SinkError::new)?;
        self.usage.remove(sealed.length);
        self.buffer_metrics.set_buffered_bytes(self.usage.bytes());
        Ok(())
    }

    fn landed(&self, seq: u64, report: LandReport) {
        self.metrics.landed(report);
        let LandReport {
            stored,
            quarantined,
            duplicates,
        } = report;
        tracing::debug!(
            segment.seq = seq,
            stored,
            quarantined,
            duplicates,
            "segment landed"
        );
    }

    fn failed(&self, segment: &SealedSegment, error: &SinkError, backoff: Duration) {
        self.metrics.land_failed();
        let cause = std::error::Error::source(error).map(ToString::to_string);
        let (name, retry_ms) = (&segment.name, backoff.as_millis());
        tracing::warn!(
            segment.name = name,
            error = cause,
            retry_ms,
            "segment not landed; it is tried again"
        );
    }
}
