//! Why a part was not taken.

use std::io;

/// All of them mean: send it again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    /// No connection, or it broke.
    #[error("{0}")]
    Broken(#[from] io::Error),
    /// Closed before the ack.
    #[error("closed without an ack")]
    Closed,
    /// What came back is not an ack for the chunk.
    #[error("an answer that is no ack for the chunk")]
    WrongAck,
    /// Nothing came back.
    #[error("no answer in time")]
    Late,
    /// Not the handshake that was expected.
    #[error("the server does not begin with a handshake")]
    NoHandshake,
    /// The other end said no.
    #[error("refused: {0}")]
    Refused(String),
}
