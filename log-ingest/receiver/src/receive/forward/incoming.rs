//! The receiving half of a connection: bytes as they come, once there is memory for them, and no longer than allowed.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::config::ForwardConfig;
use super::end::SessionEnd;
use crate::receive::connections::{Activity, Place};
use crate::receive::memory::{Held, ReceiveMemory};

/// Room made for each read, and the most that is made ahead of bytes that have not come yet.
const READ_BYTES: usize = 64 << 10;
const MAX_READ_AHEAD: usize = 1 << 20;
/// After the last answer, bytes still under way are read and dropped; a reset would overtake the answer.
const LINGER: Duration = Duration::from_millis(500);

/// What has come and is not taken yet.
#[derive(Debug)]
pub(crate) struct Incoming<R> {
    read: R,
    pub(crate) buffer: BytesMut,
    held: Held,
    memory: ReceiveMemory,
    /// Silence between messages.
    idle_timeout: Duration,
    /// Silence within a message.
    stall_timeout: Duration,
    shutdown: CancellationToken,
    place: Arc<Place>,
}

impl<R: AsyncRead + Unpin> Incoming<R> {
    pub(crate) fn new(
        read: R,
        config: &ForwardConfig,
        memory: ReceiveMemory,
        shutdown: CancellationToken,
        place: Arc<Place>,
    ) -> Self {
        Self {
            read,
            buffer: BytesMut::new(),
            held: Held::default(),
            memory,
            idle_timeout: config.idle_timeout,
            stall_timeout: config.stall_timeout,
            shutdown,
            place,
        }
    }

    /// Reads what has arrived; `least` is what the message takes in all.
    pub(crate) async fn read_more(&mut self, least: usize) -> Result<(), SessionEnd> {
        let missing = least.saturating_sub(self.buffer.len());
        let room = missing.clamp(READ_BYTES, MAX_READ_AHEAD);
        let (limit, late, activity) = match self.buffer.is_empty() {
            true => (self.idle_timeout, SessionEnd::Idle, Activity::Idle),
            false => (self.stall_timeout, SessionEnd::Stalled, Activity::Receiving),
        };
        self.place.turn_to(activity, Instant::now());
        let wanted = self.buffer.len() + room;
        if wanted > 2 * READ_BYTES {
            let covered = self.memory.cover(&mut self.held, wanted);
            let covered = tokio::time::timeout(self.stall_timeout, covered).await;
            covered.map_err(|_| SessionEnd::NoMemory)?;
        }
        self.buffer.reserve(room);
        let received = tokio::select! {
            received = tokio::time::timeout(limit, self.read.read_buf(&mut self.buffer)) => received,
            () = self.shutdown.cancelled() => return Err(SessionEnd::Shutdown),
            () = self.place.eviction().cancelled() => return Err(SessionEnd::Evicted),
        };
        match received {
            Ok(Ok(0)) if self.buffer.is_empty() => Err(SessionEnd::Closed),
            Ok(Ok(0)) => Err(SessionEnd::CutOff),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(SessionEnd::Broken(error)),
            Err(_) => Err(late),
        }
    }

    /// A message is complete; its sender waits for us.
    pub(crate) fn is_working(&self) {
        self.place.turn_to(Activity::Working, Instant::now());
    }

    /// Gives back the memory of a message that has been taken.
    pub(crate) fn release(&mut self) {
        self.held = Held::default();
    }

    /// Reads and drops for a moment.
    pub(crate) async fn linger(&mut self) {
        let mut sink = [0u8; 4096];
        let drain =
            async { while matches!(self.read.read(&mut sink).await, Ok(count) if count > 0) {} };
        // A client that sends later than this loses one round trip and no data.
        drop(tokio::time::timeout(LINGER, drain).await);
    }
}
