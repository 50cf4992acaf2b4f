//! The loop that lands one sealed segment after the other and deletes what has landed.

use std::io::ErrorKind;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::metrics::{LandMetrics, Loss};
use super::records::{Reading, Records, Totals};
use super::{LandReport, Segment, SinkError, SinkErrorCause, TableSink};
use crate::buffer::{
    BufferMetrics, ChunkIndex, ChunkWindow, DamagedPart, Ledger, ReceivedChunk, SealedQueue,
    SealedSegment, Storage, Usage, parts_file, seq_of,
};

const FIRST_BACKOFF: Duration = Duration::from_millis(100);

/// Takes segments off the queue, strictly in order: a later one never overtakes one that fails.
#[derive(Debug)]
pub(crate) struct Lander<S> {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) buffer_id: Uuid,
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
pub(super) struct Landed {
    pub(super) damaged: u64,
    pub(super) header_damaged: bool,
    pub(super) chunks: Vec<ReceivedChunk>,
}

/// What a sink knows a segment by.
#[derive(Debug, Clone)]
pub(super) struct SegmentId {
    pub(super) buffer: String,
    pub(super) seq: u64,
}

/// How the segment whose turn it is has fared.
#[derive(Debug)]
struct Turn {
    /// Failures that were the records' own.
    failures: u32,
    backoff: Duration,
    landed: Option<Landed>,
}

impl Default for Turn {
    fn default() -> Self {
        Self {
            failures: 0,
            backoff: FIRST_BACKOFF,
            landed: None,
        }
    }
}

impl Turn {
    fn failed(&mut self, error: &SinkError) {
        if error.cause() == SinkErrorCause::Records {
            self.failures += 1;
        }
    }
}

/// After this many failures because of its records, a segment is landed in parts.
const ATTEMPTS: u32 = 3;

impl<S: TableSink> Lander<S> {
    /// Lands until it is told to stop.
    pub(crate) async fn run(self) {
        let Stop { when_empty, now } = &self.stop;
        let mut turn = Turn::default();
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
            match self.attempt(&segment, &mut turn).await {
                Ok(()) => {
                    turn = Turn::default();
                    self.sealed.pop();
                    self.buffer_metrics.set_waiting_segments(self.sealed.len());
                }
                Err(error) => {
                    self.failed(&segment, &error, turn.backoff);
                    turn.failed(&error);
                    tokio::select! {
                        () = tokio::time::sleep(turn.backoff) => {}
                        () = now.cancelled() => {}
                    }
                    turn.backoff = (turn.backoff * 2).min(self.max_backoff);
                }
            }
        }
    }

    /// What the sink has taken is not handed to it again just because the file could not be deleted.
    async fn attempt(&self, segment: &SealedSegment, turn: &mut Turn) -> Result<(), SinkError> {
        let done = if let Some(done) = turn.landed.take() {
            done
        } else if turn.failures >= ATTEMPTS || self.is_split(segment).await? {
            self.land_in_parts(segment).await?
        } else {
            self.land(segment).await?
        };
        self.finish(segment, turn.landed.insert(done)).await
    }

    /// Read and hand over. Each attempt reads the file again, so that a segment costs no memory while its turn is put off;
    /// and its bytes go once the sink has read them, so that they are not in memory beside the files that it writes.
    async fn land(&self, sealed: &SealedSegment) -> Result<Landed, SinkError> {
        let (id, reading) = self.open(sealed).await?;
        let (findings, header_damaged) = (reading.findings(), reading.header().is_none());
        let segment = Segment {
            buffer_id: id.buffer,
            seq: id.seq,
            records: Records::stored(Arc::new(reading)),
        };
        let mut report = self.hand_over(segment).await?;
        let totals = match findings.totals() {
            Some(totals) => totals,
            None => self.totals(sealed).await?,
        };
        report.duplicates += totals.survey.repeated;
        self.landed(id.seq, report);
        self.metrics.replaced_texts(totals.replaced);
        Ok(Landed {
            damaged: totals.survey.damaged,
            header_damaged,
            chunks: totals.survey.chunks,
        })
    }

    pub(super) async fn hand_over(&self, segment: Segment) -> Result<LandReport, SinkError> {
        // Whatever a panic left undone, the sink must cope with it as after a crash.
        let landing = AssertUnwindSafe(self.sink.land(segment)).catch_unwind();
        tokio::select! {
            report = landing => report.unwrap_or_else(|_| Err(SinkError::new("the sink panicked"))),
            () = self.stop.now.cancelled() => Err(SinkError::new("shutting down")),
        }
    }

    /// Its name for the sink follows from its header, or, without one, from the file's name.
    pub(super) async fn open(
        &self,
        sealed: &SealedSegment,
    ) -> Result<(SegmentId, Reading), SinkError> {
        let (storage, window) = (Arc::clone(&self.storage), Arc::clone(&self.window));
        let wanted = sealed.clone();
        let read = tokio::task::spawn_blocking(move || {
            let mut bytes = storage.read(&wanted.name)?;
            bytes.truncate(usize::try_from(wanted.length).unwrap_or(usize::MAX));
            Ok::<_, std::io::Error>(Reading::of(bytes, window))
        });
        let read = read.await.map_err(SinkError::new)?;
        let reading = read.map_err(SinkError::new)?;
        let id = match reading.header() {
            Some(header) => SegmentId {
                buffer: header.buffer_id.simple().to_string(),
                seq: header.seq,
            },
            None => SegmentId {
                buffer: self.buffer_id.simple().to_string(),
                seq: seq_of(&sealed.name).ok_or_else(|| SinkError::new("not a segment's name"))?,
            },
        };
        Ok((id, reading))
    }

    /// For a sink that did not want all records.
    pub(super) async fn totals(&self, sealed: &SealedSegment) -> Result<Totals, SinkError> {
        let (_, reading) = self.open(sealed).await?;
        let totals = tokio::task::spawn_blocking(move || reading.read_through());
        totals.await.map_err(SinkError::new)
    }

    /// Once the sink has the records, the file goes; one with damage, or one that an output still wants, is kept under
    /// another name.
    async fn finish(&self, sealed: &SealedSegment, landed: &Landed) -> Result<(), SinkError> {
        let Landed {
            damaged,
            header_damaged,
            chunks: landed,
        } = landed.clone();
        let ledger = Arc::clone(&self.ledger);
        let name = sealed.name.clone();
        self.tell_damage(&name, damaged);
        if header_damaged {
            self.tell_damaged_header(&name);
        }
        let storage = Arc::clone(&self.storage);
        let (window, chunks) = (Arc::clone(&self.window), Arc::clone(&self.chunks));
        let done = tokio::task::spawn_blocking(move || {
            let mut chunks = chunks.lock().unwrap_or_else(PoisonError::into_inner);
            chunks.save(&landed)?;
            window.landed(&landed);
            ledger.landed(&name, damaged > 0)?;
            match storage.remove(&parts_file(&name)) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            }
        });
        done.await
            .map_err(SinkError::new)?
            .map_err(SinkError::new)?;
        self.usage.remove(sealed.length);
        self.buffer_metrics.set_buffered_bytes(self.usage.bytes());
        Ok(())
    }

    fn tell_damage(&self, name: &str, damaged: u64) {
        if damaged > 0 {
            self.metrics.dropped(Loss::Damaged, damaged);
            tracing::error!(
                segment.name = name,
                damaged,
                "segment has damaged records; it is kept aside"
            );
        }
    }

    fn tell_damaged_header(&self, name: &str) {
        self.buffer_metrics.damaged(DamagedPart::Header, 1);
        tracing::error!(
            segment.name = name,
            "segment has a damaged header; its records were read without it"
        );
    }

    pub(super) fn landed(&self, seq: u64, report: LandReport) {
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

    pub(super) fn failed(&self, segment: &SealedSegment, error: &SinkError, backoff: Duration) {
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
