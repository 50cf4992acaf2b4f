//! One connection to a forward receiver: a chunk goes out, its ack comes back.

use std::fmt;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use forward_protocol::{Ack, DecodeError, FrameScanner, Limits, Scan};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::send_error::SendError;

/// TCP, with TLS or without.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for S {}

/// With no chunk on its way.
pub(super) struct Connection {
    stream: Box<dyn Stream>,
    received: BytesMut,
}

impl fmt::Debug for Connection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Connection").finish_non_exhaustive()
    }
}

/// An answer longer than this does not belong to the protocol.
const ANSWER_LIMITS: Limits = Limits {
    max_frame_bytes: 64 << 10,
    max_items: 1000,
    max_depth: 4,
    max_inflated_bytes: 0,
};

impl Connection {
    /// Over a stream on which nothing has been said.
    pub(super) fn over(stream: Box<dyn Stream>) -> Self {
        Self {
            stream,
            received: BytesMut::new(),
        }
    }

    /// Sends bytes.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), SendError> {
        self.stream.write_all(bytes).await?;
        Ok(self.stream.flush().await?)
    }

    /// One complete object.
    pub(super) async fn frame(&mut self) -> Result<BytesMut, SendError> {
        let mut scanner = FrameScanner::new();
        loop {
            let scan = scanner.scan(&self.received, &ANSWER_LIMITS);
            if let Scan::Complete(length) = scan.map_err(wrong)? {
                return Ok(self.received.split_to(length));
            }
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(SendError::Closed);
            }
        }
    }

    /// Sends a message and waits until its chunk is safe at the other end, or until it is on its way where no ack is
    /// wanted.
    pub(super) async fn send(
        &mut self,
        message: &[u8],
        chunk: Option<&str>,
        patience: Duration,
    ) -> Result<(), SendError> {
        let sent = async {
            self.write(message).await?;
            let Some(chunk) = chunk else {
                return Ok(());
            };
            let answer = self.frame().await?;
            let (ack, _) = Ack::decode(&answer)
                .map_err(wrong)?
                .ok_or(SendError::WrongAck)?;
            // Anything that came behind it would answer nothing.
            let alone = !self.received.has_remaining();
            (ack.is_for(chunk) && alone)
                .then_some(())
                .ok_or(SendError::WrongAck)
        };
        let sent = tokio::time::timeout(patience, sent).await;
        sent.map_err(|_| SendError::Late)?
    }

    /// Says that nothing more comes.
    pub(super) async fn close(mut self) {
        // The other end has what it acknowledged, whatever becomes of the connection.
        self.stream.shutdown().await.ok();
    }
}

fn wrong(_: DecodeError) -> SendError {
    SendError::WrongAck
}
