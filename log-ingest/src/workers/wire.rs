//! What the server and a process for queries say to each other, over a socket between the two.
//!
//! ```text
//! server                              process
//!   Settings ─────────────────────────▶ opens the tables
//!   ◀───────────────────────────────── Ready
//!   Job::Query ───────────────────────▶ again and again
//!   ◀──────────── Reply, then the answer's bytes in pieces, the last of them empty
//!   Job::Postgres ────────────────────▶ once; from here on the socket carries one client's Postgres messages
//! ```
//!
//! A frame is its length, in four bytes with the most significant first, and then that many bytes.

use std::io;
use std::path::PathBuf;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::postgres::startup::Login;
use crate::query::QueryError;
use crate::query::format::Format;
use crate::query::limits::QueryLimits;
use crate::table::s3::S3Access;

/// What a process needs to know. It goes over the socket and not onto the command line, where everybody on the
/// machine could read the keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settings {
    /// Place of the tables, as in the settings.
    pub tables: String,
    /// How an S3-compatible store is reached.
    pub s3: S3Access,
    /// What one query may take.
    pub limits: QueryLimits,
    /// What every client must give, if anything.
    pub login: Option<Login>,
    /// Where sorts and joins spill; the server removes it. `None` = nowhere: they fail when their memory is used up.
    pub spill: Option<PathBuf>,
}

/// Whether a process can answer.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ready {
    /// The tables are open.
    Yes,
    /// They cannot be opened, and why.
    No(String),
}

/// What a process is to do next.
#[derive(Debug, Serialize, Deserialize)]
pub enum Job {
    /// Answer a statement.
    Query {
        /// The statement.
        sql: String,
        /// How the answer is written.
        format: Format,
    },
    /// Speak to one client.
    Postgres,
}

/// How a statement went.
#[derive(Debug, Serialize, Deserialize)]
pub enum Reply {
    /// Its answer follows.
    Answer {
        /// Its length in bytes.
        length: usize,
    },
    /// It has none.
    Error(QueryError),
}

/// Longest frame that is read, bytes. A statement is shorter, and an answer comes in pieces.
const MAX_FRAME: usize = 1 << 20;

/// Bytes of an answer in one frame.
pub const PIECE: usize = 64 << 10;

/// Writes one frame.
///
/// # Errors
/// The other side is gone.
pub async fn send<W: AsyncWriteExt + Unpin>(socket: &mut W, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    socket.write_all(&length.to_be_bytes()).await?;
    socket.write_all(bytes).await
}

/// Reads one frame.
///
/// # Errors
/// The other side is gone, or says something else.
pub async fn receive<R: AsyncReadExt + Unpin>(socket: &mut R) -> io::Result<Bytes> {
    let length = usize::try_from(socket.read_u32().await?).map_err(io::Error::other)?;
    if length > MAX_FRAME {
        return Err(io::Error::other("a frame is too long"));
    }
    let mut bytes = vec![0; length];
    socket.read_exact(&mut bytes).await?;
    Ok(Bytes::from(bytes))
}

/// Writes a value as one frame.
///
/// # Errors
/// The other side is gone.
pub async fn send_value<W: AsyncWriteExt + Unpin, T: Serialize>(
    socket: &mut W,
    value: &T,
) -> io::Result<()> {
    let bytes = serde_json::to_vec(value).map_err(io::Error::other)?;
    send(socket, &bytes).await
}

/// Reads a value that is one frame.
///
/// # Errors
/// The other side is gone, or says something else.
pub async fn receive_value<R: AsyncReadExt + Unpin, T: DeserializeOwned>(
    socket: &mut R,
) -> io::Result<T> {
    let bytes = receive(socket).await?;
    serde_json::from_slice(&bytes).map_err(io::Error::other)
}
