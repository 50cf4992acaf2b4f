//! The one thread that writes: everything that arrived while the last fdatasync ran goes out in the next one.

use std::io;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::config::BufferConfig;
use super::ended::{EndedSegment, EndedSegments};
use super::identity::Identity;
use super::metrics::BufferMetrics;
use super::sealed::{SealedQueue, SealedSegment};
use super::segment_file::{HEADER_BYTES, Header, encode_record};
use super::storage::{SegmentFile, Storage};
use super::{Append, AppendError, ChunkWindow, Command, Ledger, Usage};
use crate::clock::now_micros;

/// Payload bytes in one write; more waits for the next.
const BATCH_BYTES: usize = 8 << 20;

/// Sealed segments beyond which none is sealed for its age alone: the one that is being landed, and the next. Each costs the
/// tables a commit, whatever is in it; where landing takes longer than a segment may be old, more of them would never be
/// caught up with.
const AHEAD: usize = 2;

/// Owns the open segment.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) identity: Identity,
    pub(crate) sealed: Arc<SealedQueue>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) usage: Arc<Usage>,
    pub(crate) metrics: BufferMetrics,
    pub(crate) config: BufferConfig,
    open: Option<OpenSegment>,
    ended: EndedSegments,
    bytes: Vec<u8>,
    /// What the batch in the making takes in memory when it is landed.
    unwritten: u64,
}

#[derive(Debug)]
struct OpenSegment {
    name: String,
    file: Box<dyn SegmentFile>,
    /// Bytes that are on disk for certain.
    durable: u64,
    /// What its payloads take in memory when they are landed.
    inflated: u64,
    began: Instant,
    began_us: i64,
    /// Receive times do not go backwards within a segment, even when the clock is set back.
    latest_us: i64,
}

impl Writer {
    pub(crate) fn new(
        storage: Arc<dyn Storage>,
        identity: Identity,
        shared: Shared,
        config: BufferConfig,
    ) -> Self {
        let Shared {
            sealed,
            ledger,
            usage,
            metrics,
            ..
        } = shared;
        Self {
            storage,
            identity,
            sealed,
            ledger,
            usage,
            metrics,
            ended: EndedSegments::new(config.max_backoff),
            config,
            open: None,
            bytes: Vec::new(),
            unwritten: 0,
        }
    }

    /// Works until every handle to the buffer is gone, then seals. Blocks: runs on a thread of its own.
    pub(crate) fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        while let Some(first) = commands.blocking_recv() {
            let mut batch = Vec::new();
            let mut bytes = 0;
            let mut next = Some(first);
            while let Some(command) = next {
                match command {
                    Command::Append(append) => {
                        self.make_room(&append, &mut batch);
                        bytes += append.payload.stored_bytes();
                        batch.push(append);
                    }
                    Command::SealIfOld => {
                        self.commit(&mut batch);
                        self.seal_if_due();
                    }
                    Command::Seal(done) => {
                        self.commit(&mut batch);
                        self.seal();
                        // Nobody waits any more if the shutdown was cut short.
                        done.send(()).ok();
                    }
                }
                let full = usize::try_from(bytes).is_ok_and(|bytes| bytes >= BATCH_BYTES);
                next = if full { None } else { commands.try_recv().ok() };
            }
            self.commit(&mut batch);
        }
        self.seal();
    }

    /// Seals the open segment, with what is still to be written to it, if one more payload would make it too large to land: a
    /// few kilobytes may inflate to gigabytes.
    fn make_room(&mut self, append: &Append, batch: &mut Vec<Append>) {
        let more = append.payload.inflated_bytes();
        let written = self.open.as_ref().map_or(0, |open| open.inflated);
        let before = written.saturating_add(self.unwritten);
        if before > 0 && before.saturating_add(more) > self.config.segment_inflated_bytes {
            self.commit(batch);
            self.seal();
        }
        self.unwritten = self.unwritten.saturating_add(more);
    }

    /// Writes a batch with one sync and tells its senders the outcome.
    fn commit(&mut self, batch: &mut Vec<Append>) {
        self.unwritten = 0;
        if batch.is_empty() {
            return;
        }
        let began = Instant::now();
        let result = self.write(batch);
        self.metrics.committed(began.elapsed(), result.is_ok());
        let outcome = match result {
            Ok(()) => Ok(()),
            Err(error) => {
                self.metrics.disk_failed(&error);
                self.abandon();
                Err(AppendError::Disk)
            }
        };
        for append in batch.drain(..) {
            if outcome.is_ok() {
                append.reservation.keep();
            }
            if let Some(claim) = append.claim {
                claim.settle(outcome);
            }
            // The connection may be gone; what is stored stays stored.
            append.done.send(outcome).ok();
        }
        self.metrics.set_buffered_bytes(self.usage.bytes());
        self.seal_if_due();
    }

    fn write(&mut self, batch: &mut [Append]) -> io::Result<()> {
        self.bytes.clear();
        if self.open.is_none() {
            self.begin_segment()?;
        }
        let Some(open) = &mut self.open else {
            return Err(io::Error::other("no segment is open"));
        };
        for append in batch {
            open.latest_us = append.payload.not_before(open.latest_us);
            encode_record(&mut self.bytes, &append.payload);
            open.inflated += append.payload.inflated_bytes();
        }
        open.file.append(&self.bytes)?;
        open.file.sync()?;
        open.durable += u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
        // One huge message must not keep its memory forever.
        self.bytes.shrink_to(2 * BATCH_BYTES);
        Ok(())
    }

    /// The header is written and synced together with the first records; before that nothing depends on it.
    fn begin_segment(&mut self) -> io::Result<()> {
        let seq = self.identity.take(self.storage.as_ref())?;
        let name = Header::file_name(seq);
        let header = Header {
            buffer_id: self.identity.buffer_id(),
            seq,
            created_at_us: now_micros(),
        };
        let file = self.storage.create(&name)?;
        self.bytes.extend_from_slice(&header.encode());
        self.usage.add(header_bytes());
        self.open = Some(OpenSegment {
            name,
            file,
            durable: 0,
            inflated: 0,
            began: Instant::now(),
            began_us: header.created_at_us,
            latest_us: i64::MIN,
        });
        Ok(())
    }

    fn seal_if_due(&mut self) {
        let due = self.open.as_ref().is_some_and(|open| {
            open.durable >= self.config.segment_bytes
                || open.inflated >= self.config.segment_inflated_bytes
                || (open.began.elapsed() >= self.config.segment_age && self.somebody_waits())
        });
        if due {
            self.end(false);
        }
        if self.ended.are_due(Instant::now()) {
            self.hand_over();
        }
    }

    /// Whether a segment that is sealed now is landed soon, or is for others than the tables, too, which go at a pace of their
    /// own.
    fn somebody_waits(&self) -> bool {
        self.sealed.len() < AHEAD || self.ledger.has_outputs()
    }

    /// Whatever is written by now leaves, if the disk does its part. What cannot leave is whole for the next start:
    /// nobody has had a part of it.
    fn seal(&mut self) {
        self.end(false);
        self.hand_over();
    }

    /// After a failed write or sync nobody knows what the file holds behind the last success, and a later
    /// success of the same file would prove nothing, so the segment ends there.
    fn abandon(&mut self) {
        self.end(true);
    }

    fn end(&mut self, uncut: bool) {
        let Some(open) = self.open.take() else {
            return;
        };
        let segment = SealedSegment {
            name: open.name,
            length: open.durable,
            began_us: open.began_us,
        };
        if segment.length > 0 {
            self.ended.push(EndedSegment { segment, uncut });
            return;
        }
        self.usage.remove(header_bytes());
        if let Err(error) = self.storage.remove(&segment.name) {
            self.ended
                .left_behind(Instant::now(), &segment.name, &error);
        }
    }

    fn hand_over(&mut self) {
        let (storage, ledger, sealed) = (&self.storage, &self.ledger, &self.sealed);
        self.ended.hand_over(Instant::now(), |ended| {
            let segment = &ended.segment;
            if ended.uncut {
                storage.truncate(&segment.name, segment.length)?;
            }
            ledger.add(segment);
            sealed.push(segment.clone());
            Ok(())
        });
        self.metrics.set_waiting_segments(self.sealed.len());
    }
}

fn header_bytes() -> u64 {
    u64::try_from(HEADER_BYTES).unwrap_or(u64::MAX)
}

/// What the writer shares with the rest of the buffer.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    pub(crate) sealed: Arc<SealedQueue>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) usage: Arc<Usage>,
    pub(crate) window: Arc<ChunkWindow>,
    pub(crate) metrics: BufferMetrics,
}
