//! [`noticed`]: whether anybody is still waiting for an answer.
//!
//! A client that closes its connection and one that only has nothing more to say look the same: both send the
//! end of their data. The difference shows once something is sent to them, because a closed socket refuses
//! it. `100 Continue` may be sent at any time before an answer, and means nothing (RFC 9110 section 15.2.1).
//! HTTP/1.0 does not have it, so there we notice only a refusal that comes by itself.

use std::future::poll_fn;
use std::io;
use std::task::Poll;

use axum::http::Version;
use thiserror::Error;
use tokio::io::{Interest, ReadBuf};
use tokio::net::TcpStream;

use super::head_watch::Phase;

const NOTHING: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// Nobody is left to get the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the client went away")]
pub(super) struct ClientGone;

/// Resolves when the client has gone.
///
/// It belongs next to the future that works on an answer, in one task with the connection: it checks whenever
/// that task is woken, after the connection has read.
pub(super) async fn noticed(stream: &TcpStream, version: Version, phase: &Phase) -> ClientGone {
    if end_of_data(stream).await.is_err() {
        return ClientGone;
    }
    if version == Version::HTTP_11 && !phase.is_writing() && refuses(stream) {
        return ClientGone;
    }
    // If waiting for readiness fails, the socket has failed too.
    drop(stream.ready(Interest::ERROR).await);
    ClientGone
}

/// The client sends no more, or its socket has failed.
async fn end_of_data(stream: &TcpStream) -> io::Result<()> {
    let mut byte = [0];
    poll_fn(
        |cx| match stream.poll_peek(cx, &mut ReadBuf::new(&mut byte)) {
            Poll::Ready(Ok(0)) => Poll::Ready(Ok(())),
            // More of the body, or the next request. Reading it wakes the task.
            Poll::Ready(Ok(_)) | Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
        },
    )
    .await
}

/// Whether the socket refuses data right now; usually it takes a little longer to show.
fn refuses(stream: &TcpStream) -> bool {
    match stream.try_write(NOTHING) {
        // Half of it must not precede an answer. There was no room for more, so nobody has been reading.
        Ok(count) => count < NOTHING.len(),
        Err(error) => error.kind() != io::ErrorKind::WouldBlock,
    }
}
