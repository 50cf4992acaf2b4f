//! One connection to a forward-protocol receiver: a chunk goes out, its ack comes back.

use std::io;

use forward_protocol::Ack;
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
    /// There was no answer in time.
    #[error("no ack in time")]
    Late,
}

/// A connection with no chunk in flight.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
}

impl Connection {
    /// Connects.
    pub(super) async fn open(address: &str) -> Result<Self, SendError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream })
    }

    /// Sends a chunk and waits until it is safe at the other end.
    pub(super) async fn send(&mut self, chunk: &Chunk) -> Result<(), SendError> {
        self.stream.write_all(&chunk.message).await?;
        let mut answer = Vec::with_capacity(64);
        loop {
            if self.stream.read_buf(&mut answer).await? == 0 {
                return Err(SendError::Closed);
            }
            match Ack::decode(&answer) {
                Ok(None) => {}
                Ok(Some((ack, _))) if ack.is_for(&chunk.id) => return Ok(()),
                Ok(Some(_)) | Err(_) => return Err(SendError::WrongAck),
            }
        }
    }
}
