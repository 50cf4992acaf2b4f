//! One forward protocol connection: reads message after message, and answers each once it is durable.
//!
//! Reading and answering run side by side, so that a client may send on while the disk works. What ends a
//! connection (bad bytes, silence, shutdown) ends the reading only; acks that are owed are still sent.

use std::ops::ControlFlow;

use bytes::{Bytes, BytesMut};
use forward_protocol::{DecodeError, Frame, FrameScanner, Limits, Scan};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::acks::{Owed, send_acks};
use super::reason_of;
use crate::buffer::{AppendError, Buffer, Payload};
use crate::clock::now_micros;
use crate::config::ForwardConfig;
use crate::metrics::{Metrics, Reason, Receiver};

/// Messages of one connection that may wait for the disk at the same time.
const PIPELINE: usize = 64;
/// Room made for each read, and the most that is made ahead of bytes that have not come yet.
const READ_BYTES: usize = 64 << 10;
const MAX_READ_AHEAD: usize = 1 << 20;
/// Messages from this size on, and compressed ones, are checked on a thread that may take its time.
const LARGE_MESSAGE: usize = 256 << 10;
/// After the last answer, bytes still under way are read and dropped; a reset would overtake the answer.
const LINGER: std::time::Duration = std::time::Duration::from_millis(500);

/// What a session needs besides its socket.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) config: ForwardConfig,
    pub(crate) buffer: Buffer,
    pub(crate) metrics: Metrics,
}

/// Why reading ended.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error("the client closed the connection")]
    Closed,
    #[error("the client closed the connection in the middle of a message")]
    CutOff,
    #[error("the connection broke")]
    Broken(#[source] std::io::Error),
    #[error("nothing happened for too long")]
    Idle,
    #[error("a message did not go on for too long")]
    Stalled,
    #[error("shutting down")]
    Shutdown,
    #[error("bad message: {0}")]
    Bad(#[from] DecodeError),
    #[error("not stored: {0}")]
    NotStored(#[from] AppendError),
}

impl Session {
    pub(crate) async fn run(self, stream: TcpStream, shutdown: CancellationToken) {
        let (mut read, mut write) = stream.into_split();
        let (owe, owed) = mpsc::channel(PIPELINE);
        let end = {
            let answer = send_acks(owed, &mut write, self.config.stall_timeout, &self.metrics);
            let mut answer = std::pin::pin!(answer);
            tokio::select! {
                // The reader's end of the channel is dropped, so the answering ends when all acks are sent.
                end = self.read_messages(&mut read, owe, &shutdown) => answer.await.err().unwrap_or(end),
                // Only a failure ends the answering while messages are still being read.
                answered = &mut answer => answered.err().unwrap_or(End::Closed),
            }
        };
        self.report(&end);
        drop(write.shutdown().await);
        if !matches!(end, End::Closed | End::CutOff | End::Broken(_)) {
            linger(&mut read).await;
        }
    }

    async fn read_messages(
        &self,
        read: &mut OwnedReadHalf,
        owe: mpsc::Sender<Owed>,
        shutdown: &CancellationToken,
    ) -> End {
        let mut buffer = BytesMut::new();
        let mut scanner = FrameScanner::new();
        loop {
            let step = match scanner.scan(&buffer, &self.config.limits) {
                Ok(Scan::Complete(length)) => {
                    let frame = buffer.split_to(length).freeze();
                    self.take(frame, &owe).await
                }
                Ok(Scan::Incomplete(least)) => {
                    self.read_more(read, &mut buffer, least, shutdown).await
                }
                Err(error) => Err(error.into()),
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Checks one complete message and queues it for the disk.
    async fn take(&self, frame: Bytes, owe: &mpsc::Sender<Owed>) -> Result<(), End> {
        let received_at_us = now_micros();
        let length = frame.len();
        let ControlFlow::Continue(checked) = check(frame.clone(), self.config.limits).await? else {
            return Ok(());
        };
        let durable = self
            .buffer
            .append(Payload::forward(received_at_us, frame))
            .await?;
        let owed = Owed {
            durable,
            chunk: checked.chunk,
            events: checked.events,
            bytes: length,
        };
        // The answering side is gone only if it failed, and then it says why.
        owe.send(owed).await.map_err(|_| End::Closed)
    }

    async fn read_more(
        &self,
        read: &mut OwnedReadHalf,
        buffer: &mut BytesMut,
        least: usize,
        shutdown: &CancellationToken,
    ) -> Result<(), End> {
        let missing = least.saturating_sub(buffer.len());
        buffer.reserve(missing.clamp(READ_BYTES, MAX_READ_AHEAD));
        let (limit, late) = match buffer.is_empty() {
            true => (self.config.idle_timeout, End::Idle),
            false => (self.config.stall_timeout, End::Stalled),
        };
        let received = tokio::select! {
            received = tokio::time::timeout(limit, read.read_buf(buffer)) => received,
            () = shutdown.cancelled() => return Err(End::Shutdown),
        };
        match received {
            Ok(Ok(0)) if buffer.is_empty() => Err(End::Closed),
            Ok(Ok(0)) => Err(End::CutOff),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(End::Broken(error)),
            Err(_) => Err(late),
        }
    }

    /// Connect-and-close is how clients test whether we live, so a plain close costs no line.
    fn report(&self, end: &End) {
        match refusal(end) {
            Some(reason) => self.refuse(end, reason),
            None if matches!(end, End::CutOff | End::Broken(_)) => {
                tracing::debug!(reason = %end, "forward connection ended");
            }
            None => {}
        }
    }

    fn refuse(&self, end: &End, reason: Reason) {
        self.metrics.refused(Receiver::Forward, reason);
        tracing::warn!(reason = %end, "forward connection closed");
    }
}

/// Why we closed the connection; `None` where it was not our doing.
fn refusal(end: &End) -> Option<Reason> {
    Some(match end {
        End::Closed | End::Idle | End::Shutdown | End::CutOff | End::Broken(_) => return None,
        End::Stalled => Reason::Stalled,
        End::Bad(DecodeError::UnsupportedCompression(_)) => Reason::Unsupported,
        End::Bad(error) if is_too_large(error) => Reason::TooLarge,
        End::Bad(_) => Reason::Malformed,
        End::NotStored(error) => reason_of(*error),
    })
}

impl From<super::acks::AckError> for End {
    fn from(error: super::acks::AckError) -> Self {
        match error {
            super::acks::AckError::NotStored(error) => Self::NotStored(error),
            super::acks::AckError::Broken(error) => Self::Broken(error),
            super::acks::AckError::Stalled => Self::Stalled,
        }
    }
}

/// What the session keeps of a message that is in order.
#[derive(Debug)]
struct Checked {
    chunk: Option<Bytes>,
    events: u64,
}

/// `Break` = a heartbeat: there is nothing to store.
async fn check(frame: Bytes, limits: Limits) -> Result<ControlFlow<(), Checked>, End> {
    if frame.len() < LARGE_MESSAGE {
        return Ok(check_now(&frame, &limits)?);
    }
    let checked = tokio::task::spawn_blocking(move || check_now(&frame, &limits)).await;
    // A panic in there is a bug of ours; the connection ends without an ack.
    Ok(checked.map_err(|_| End::NotStored(AppendError::Closed))??)
}

fn check_now(frame: &Bytes, limits: &Limits) -> Result<ControlFlow<(), Checked>, DecodeError> {
    match Frame::decode(frame, limits)? {
        Frame::Heartbeat => Ok(ControlFlow::Break(())),
        Frame::Message(message) => {
            let events = u64::try_from(message.check()?).unwrap_or(u64::MAX);
            let chunk = message.option.chunk.map(|chunk| frame.slice_ref(chunk));
            Ok(ControlFlow::Continue(Checked { chunk, events }))
        }
    }
}

fn is_too_large(error: &DecodeError) -> bool {
    matches!(
        error,
        DecodeError::FrameTooLarge { .. }
            | DecodeError::TooManyItems { .. }
            | DecodeError::TooDeep { .. }
            | DecodeError::InflatedTooLarge { .. }
    )
}

async fn linger(read: &mut OwnedReadHalf) {
    let mut sink = [0u8; 4096];
    let drain = async { while matches!(read.read(&mut sink).await, Ok(count) if count > 0) {} };
    // What comes later than this is the client's loss of one round trip, not of data.
    drop(tokio::time::timeout(LINGER, drain).await);
}
