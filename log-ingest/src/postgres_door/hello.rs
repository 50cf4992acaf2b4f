//! What a client says first: that it wants to start, to cancel, or to encrypt, which is not done here.

use std::io;

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What a client wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hello {
    /// A session; the packet is for the process that it gets.
    Start(Bytes),
    /// That what another connection asked for is stopped; its key.
    Cancel(Bytes),
}

/// Longest first packet, bytes; Postgres has the same.
const LONGEST: usize = 10_000;

const CANCEL_REQUEST: u32 = 80_877_102;
const SSL_REQUEST: u32 = 80_877_103;
const GSSENC_REQUEST: u32 = 80_877_104;

/// Reads it.
///
/// # Errors
/// The packet is none of these, or the connection broke.
pub(super) async fn hello(socket: &mut TcpStream) -> io::Result<Hello> {
    // One request for each kind of encryption, and then the real packet.
    for _ in 0..3 {
        let length = usize::try_from(socket.read_u32().await?).map_err(io::Error::other)?;
        if !(8..=LONGEST).contains(&length) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "not a client of Postgres",
            ));
        }
        let mut packet = vec![0; length];
        let (head, rest) = packet.split_at_mut(4);
        head.copy_from_slice(&u32::try_from(length).unwrap_or_default().to_be_bytes());
        socket.read_exact(rest).await?;
        let mut body = Bytes::from(packet);
        let packet = body.clone();
        body.advance(4);
        match body.get_u32() {
            SSL_REQUEST | GSSENC_REQUEST => socket.write_all(b"N").await?,
            CANCEL_REQUEST => return Ok(Hello::Cancel(body)),
            _version => return Ok(Hello::Start(packet)),
        }
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidData,
        "a client that only wants encryption",
    ))
}
