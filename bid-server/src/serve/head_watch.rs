//! [`HeadWatch`]: a stream that fails when the head of a request takes too long to arrive.
//!
//! The HTTP library has one time-out for a slow head and for a connection that is idle between
//! requests. Load balancers keep idle connections for a minute; a head takes no time at all.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// Whether a request is being worked on; shared by stream and service.
#[derive(Debug, Clone, Default)]
pub(super) struct Phase(Arc<AtomicBool>);

impl Phase {
    /// A head is complete.
    pub(super) fn begin_request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// An answer is ready: what is read next begins a head.
    pub(super) fn end_request(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    fn in_request(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Watches what is read from a connection.
#[derive(Debug)]
pub(super) struct HeadWatch {
    stream: TcpStream,
    phase: Phase,
    limit: Duration,
    /// Runs from the first byte of a head.
    timer: Option<Pin<Box<Sleep>>>,
}

impl HeadWatch {
    /// Gives each head so much time.
    pub(super) fn new(stream: TcpStream, phase: Phase, limit: Duration) -> Self {
        Self {
            stream,
            phase,
            limit,
            timer: None,
        }
    }

    fn watch(&mut self, cx: &mut Context<'_>, arrived: bool) -> io::Result<()> {
        if self.phase.in_request() {
            self.timer = None;
            return Ok(());
        }
        if arrived && self.timer.is_none() {
            self.timer = Some(Box::pin(sleep(self.limit)));
        }
        let late = self
            .timer
            .as_mut()
            .is_some_and(|timer| timer.as_mut().poll(cx).is_ready());
        if late {
            let text = "the head of the request did not arrive in time";
            return Err(io::Error::new(io::ErrorKind::TimedOut, text));
        }
        Ok(())
    }
}

impl AsyncRead for HeadWatch {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buf);
        let arrived = buf.filled().len() > before;
        if matches!(read, Poll::Ready(Err(_))) {
            return read;
        }
        if let Err(late) = this.watch(cx, arrived) {
            return Poll::Ready(Err(late));
        }
        read
    }
}

impl AsyncWrite for HeadWatch {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
