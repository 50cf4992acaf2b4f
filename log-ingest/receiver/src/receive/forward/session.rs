//! One forward protocol connection: reads message after message, and answers each once it is durable.
//!
//! Reading and answering run side by side, so that a client may send on while the disk works. What ends a
//! connection (bad bytes, silence, shutdown) ends the reading only; acks that are owed are still sent.

use std::net::IpAddr;
use std::ops::ControlFlow;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::acks::{Owed, send_acks};
use super::check::{CheckedMessage, Terms, check};
use super::config::ForwardConfig;
use super::end::SessionEnd;
use super::handshake::greet;
use super::incoming::Incoming;
use super::wire::{Next, Wire};
use crate::buffer::{AppendError, Buffer};
use crate::clock::now_micros;
use crate::receive::labels::Input;
use crate::receive::memory::ReceiveMemory;
use crate::receive::metrics::ReceiveMetrics;
use crate::receive::tally::Rejected;

/// Messages of one connection that may wait for the disk at the same time.
const PIPELINE: usize = 64;

/// What a session needs besides its socket.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) config: ForwardConfig,
    pub(crate) buffer: Buffer,
    pub(crate) metrics: ReceiveMetrics,
    pub(crate) memory: ReceiveMemory,
}

impl Session {
    /// `peer` is `None` where there is no address, as on a Unix socket.
    pub(crate) async fn run<R, W>(
        self,
        (read, mut write): (R, W),
        peer: Option<IpAddr>,
        shutdown: CancellationToken,
    ) where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let mut incoming = Incoming::new(read, &self.config, self.memory.clone(), shutdown);
        let end = match greet(&self.config, &mut incoming, &mut write, peer).await {
            Ok(()) => self.serve(&mut incoming, &mut write).await,
            Err(end) => end,
        };
        end.report(&self.metrics);
        drop(write.shutdown().await);
        if !matches!(
            end,
            SessionEnd::Closed | SessionEnd::CutOff | SessionEnd::Broken(_)
        ) {
            incoming.linger().await;
        }
    }

    async fn serve<R, W>(&self, incoming: &mut Incoming<R>, write: &mut W) -> SessionEnd
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let (owe, owed) = mpsc::channel(PIPELINE);
        let acks = send_acks(owed, write, self.config.stall_timeout, &self.metrics);
        let mut acks = std::pin::pin!(acks);
        tokio::select! {
            // The reader's end of the channel is dropped, so the answering ends when all acks are sent.
            end = self.read_messages(incoming, owe) => acks.await.err().unwrap_or(end),
            // Only a failure ends the answering while messages are still being read.
            answered = &mut acks => answered.err().unwrap_or(SessionEnd::Closed),
        }
    }

    async fn read_messages<R: AsyncRead + Unpin>(
        &self,
        incoming: &mut Incoming<R>,
        owe: mpsc::Sender<Owed>,
    ) -> SessionEnd {
        let mut wire = Wire::default();
        loop {
            let step = match wire.next(&mut incoming.buffer, &self.config.limits) {
                Ok(Next::Frame(frame)) => {
                    let taken = self.take(frame, wire.is_json(), &owe).await;
                    incoming.release();
                    taken
                }
                Ok(Next::More(least)) => incoming.read_more(least).await,
                Err(error) => Err(error.into()),
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Checks one complete message and queues it for the disk.
    async fn take(
        &self,
        frame: Bytes,
        json: bool,
        owe: &mpsc::Sender<Owed>,
    ) -> Result<(), SessionEnd> {
        let terms = Terms {
            received_at_us: now_micros(),
            limits: self.config.limits,
            keying: self.buffer.keying(),
            json,
        };
        let checked_frame = check(frame, terms, &self.memory).await;
        // The connection ends without an ack.
        let checked_frame = checked_frame
            .ok_or_else(|| SessionEnd::NotStored(AppendError::Closed, Rejected::unread()))?;
        let ControlFlow::Continue(checked) = checked_frame? else {
            return Ok(());
        };
        let CheckedMessage {
            payload,
            key,
            ack,
            tag,
            tally,
            bytes,
        } = checked;
        let durable = self.buffer.append_once(key, payload).await;
        let owed = Owed {
            durable: durable
                .map_err(|error| SessionEnd::NotStored(error, Rejected::of(&tag, &tally)))?,
            ack,
            tag,
            tally,
            bytes,
        };
        // The answering side is gone only if it failed, and then it says why.
        owe.send(owed).await.map_err(|_| SessionEnd::Closed)
    }

    pub(crate) fn connection_opened(&self) -> crate::receive::metrics::ConnectionGauge {
        self.metrics.connection_opened(Input::Forward)
    }
}
