//! One connection to a forward-protocol receiver: a chunk goes out, its ack comes back.

use std::io;

use bytes::BytesMut;
use forward_protocol::{Ack, FrameScanner, Limits, Scan};
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::chunk::Chunk;

/// Why a chunk was not acknowledged. Each of these means: send it again over a new connection.
#[derive(Debug, Error)]
pub(super) enum SendError {
    /// No connection could be made, or it broke.
    #[error("{0}")]
    Connection(#[from] io::Error),
    /// The receiver closed the connection before it acknowledged.
    #[error("closed without an ack")]
    Closed,
    /// The answer is not an ack for this chunk.
    #[error("an answer that is no ack for the chunk")]
    WrongAck,
    /// The two sides do not know the same key.
    #[error("no handshake: is log_output.shared_key the receiver's?")]
    Handshake,
    /// There was no answer in time.
    #[error("no ack in time")]
    Late,
}

/// Bytes of an ack or of a step of the handshake, generously.
const LONGEST_ANSWER: usize = 4096;

/// A connection with no chunk in flight.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    /// Came in and is not taken yet.
    received: BytesMut,
}

impl Connection {
    /// Connects.
    pub(super) async fn open(address: &str) -> Result<Self, SendError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            received: BytesMut::new(),
        })
    }

    pub(super) async fn write(&mut self, message: &[u8]) -> Result<(), SendError> {
        Ok(self.stream.write_all(message).await?)
    }

    /// The next message of the receiver, as it stands on the wire.
    pub(super) async fn frame(&mut self) -> Result<BytesMut, SendError> {
        let mut scanner = FrameScanner::new();
        loop {
            let scan = scanner.scan(&self.received, &Limits::default());
            if let Scan::Complete(length) = scan.map_err(|_| SendError::WrongAck)? {
                return Ok(self.received.split_to(length));
            }
            if self.received.len() > LONGEST_ANSWER {
                return Err(SendError::WrongAck);
            }
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(SendError::Closed);
            }
        }
    }

    /// Sends a chunk and waits until it is safe at the other end.
    pub(super) async fn send(&mut self, chunk: &Chunk) -> Result<(), SendError> {
        self.write(&chunk.message).await?;
        let answer = self.frame().await?;
        match Ack::decode(&answer) {
            Ok(Some((ack, _))) if ack.is_for(&chunk.id) => Ok(()),
            Ok(_) | Err(_) => Err(SendError::WrongAck),
        }
    }
}
