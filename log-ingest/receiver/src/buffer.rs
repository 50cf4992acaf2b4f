//! Keeps what was received until it is in tables; nothing is acknowledged before it is durable here.
//!
//! ```text
//! append ─▶ queue (bounded in bytes) ─▶ writer thread: write a batch, one fdatasync, wake all its senders
//!                                          └─ segment full or old ─▶ sealed segments ─▶ lander ─▶ deleted
//! ```
//!
//! Everything that touches the disk goes through [`Storage`], so that tests can make it fail.

mod chunk_index;
mod chunk_window;
mod config;
mod ended;
mod identity;
mod ledger;
mod metrics;
mod payload;
mod recovery;
mod sealed;
mod segment_file;
mod storage;
mod usage;
mod writer;

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

pub(crate) use chunk_index::ChunkIndex;
pub(crate) use chunk_window::{ChunkKey, ChunkLookup, ChunkWindow, Claim, Keying, ReceivedChunk};
#[cfg(test)]
pub(crate) use config::Window;
pub use config::{BufferConfig, BufferSection};
pub(crate) use identity::Identity;
pub(crate) use ledger::{LANDED_SUFFIX, Ledger, bit, parts_file, seq_of};
pub(crate) use metrics::{BufferMetrics, DamagedPart};
pub(crate) use payload::{HttpHead, Payload, StoredPayload};
pub(crate) use recovery::{DamagedRange, Recovered, began_us, chunk_of, recover};
pub(crate) use sealed::{SealedQueue, SealedSegment};
pub(crate) use segment_file::{HEADER_BYTES, Header, Step, Walk};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use segment_file::{encode_raw_record, encode_record};
pub use storage::{DiskStorage, SegmentFile, Storage};
pub(crate) use usage::{Reservation, Usage};
pub(crate) use writer::{Shared, Writer};

/// Why something was not kept. The sender must get neither an ack nor a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AppendError {
    /// The byte cap is reached; it passes when segments have landed.
    #[error("the buffer is full")]
    Full,
    /// The disk refused: full or broken.
    #[error("the disk failed")]
    Disk,
    /// The receiver is shutting down.
    #[error("shutting down")]
    Closed,
}

/// Error that stops the start: the buffer directory cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("buffer cannot be opened: {step}")]
pub struct OpenError {
    /// What was attempted.
    pub(crate) step: &'static str,
    /// What the system said.
    #[source]
    pub(crate) source: std::io::Error,
}

/// Resolves once the payload is on disk, or is known not to be.
#[derive(Debug)]
pub(crate) struct Durable {
    result: oneshot::Receiver<Result<(), AppendError>>,
    repeat: bool,
}

impl Durable {
    /// Of a payload that was taken before.
    fn again(result: oneshot::Receiver<Result<(), AppendError>>) -> Self {
        Self {
            result,
            repeat: true,
        }
    }

    /// It was received before, and is stored once.
    pub(crate) fn is_repeat(&self) -> bool {
        self.repeat
    }

    /// Waits for the disk.
    pub(crate) async fn wait(&mut self) -> Result<(), AppendError> {
        (&mut self.result).await.unwrap_or(Err(AppendError::Closed))
    }

    /// The result if it is known by now.
    pub(crate) fn known(&mut self) -> Option<Result<(), AppendError>> {
        match self.result.try_recv() {
            Ok(result) => Some(result),
            Err(oneshot::error::TryRecvError::Empty) => None,
            Err(oneshot::error::TryRecvError::Closed) => Some(Err(AppendError::Closed)),
        }
    }
}

/// One payload on its way to the writer.
#[derive(Debug)]
pub(crate) struct Append {
    payload: Payload,
    done: oneshot::Sender<Result<(), AppendError>>,
    reservation: Reservation,
    claim: Option<Claim>,
    _queue_room: OwnedSemaphorePermit,
}

/// What the writer thread is asked to do.
#[derive(Debug)]
pub(crate) enum Command {
    /// Keep this.
    Append(Append),
    /// Seal the open segment if it is old enough.
    SealIfOld,
    /// Seal the open segment.
    Seal(oneshot::Sender<()>),
}

/// The handle that receivers append through.
#[derive(Debug, Clone)]
pub(crate) struct Buffer {
    commands: mpsc::Sender<Command>,
    queue_room: Arc<Semaphore>,
    queue_bytes: u32,
    max_bytes: u64,
    usage: Arc<Usage>,
    window: Arc<ChunkWindow>,
    keying: Keying,
}

/// Commands may queue up behind one fdatasync; their payloads are bounded in bytes separately.
const QUEUE_LENGTH: usize = 4096;

impl Buffer {
    /// The handle and the end that the writer reads from.
    pub(crate) fn new(
        config: &BufferConfig,
        usage: Arc<Usage>,
        window: Arc<ChunkWindow>,
        keying: Keying,
    ) -> (Self, mpsc::Receiver<Command>) {
        let (commands, receiver) = mpsc::channel(QUEUE_LENGTH);
        let queue_room = Arc::new(Semaphore::new(
            usize::try_from(config.queue_bytes).unwrap_or(usize::MAX),
        ));
        let buffer = Self {
            commands,
            queue_room,
            queue_bytes: config.queue_bytes,
            max_bytes: config.max_bytes,
            usage,
            window,
            keying,
        };
        (buffer, receiver)
    }

    /// Makes the keys of chunks.
    pub(crate) fn keying(&self) -> Keying {
        self.keying
    }

    /// Queues a payload, unless a chunk of the same key was taken already; then the answer is that one's.
    pub(crate) async fn append_once(
        &self,
        key: Option<ChunkKey>,
        payload: Payload,
    ) -> Result<Durable, AppendError> {
        let Some(key) = key else {
            return self.append(payload, None).await;
        };
        match self.window.look_up(key) {
            ChunkLookup::Again(durable) => Ok(durable),
            ChunkLookup::New(None) => self.append(payload, None).await,
            ChunkLookup::New(claim) => self.append(payload.of_chunk(key), claim).await,
        }
    }

    /// Waits while the queue is full, and refuses at once when the disk's share is used up.
    async fn append(&self, payload: Payload, claim: Option<Claim>) -> Result<Durable, AppendError> {
        let bytes = payload.stored_bytes();
        let reservation =
            Reservation::take(&self.usage, bytes, self.max_bytes).ok_or(AppendError::Full)?;
        // A payload larger than the whole queue takes all of it and goes alone.
        let room = u32::try_from(bytes)
            .unwrap_or(u32::MAX)
            .min(self.queue_bytes);
        let room = Arc::clone(&self.queue_room).acquire_many_owned(room).await;
        let queue_room = room.map_err(|_| AppendError::Closed)?;
        let (done, result) = oneshot::channel();
        let append = Append {
            payload,
            done,
            reservation,
            claim,
            _queue_room: queue_room,
        };
        let sent = self.commands.send(Command::Append(append)).await;
        sent.map_err(|_| AppendError::Closed)?;
        Ok(Durable {
            result,
            repeat: false,
        })
    }

    /// Asks for the open segment to be sealed if it is old enough.
    pub(crate) async fn seal_if_old(&self) {
        // Refused only at shutdown, which seals anyway.
        drop(self.commands.send(Command::SealIfOld).await);
    }

    /// Seals the open segment and waits until that is done.
    pub(crate) async fn seal(&self) {
        let (done, sealed) = oneshot::channel();
        if self.commands.send(Command::Seal(done)).await.is_ok() {
            drop(sealed.await);
        }
    }
}
