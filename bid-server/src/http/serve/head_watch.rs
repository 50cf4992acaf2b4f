//! [`HeadWatch`]: a stream that fails if the head of a request takes too long to arrive.
//!
//! The HTTP library has only one timeout for a slow head and for a connection that is idle between requests.
//! Load balancers keep idle connections for a minute; a head should take no time at all.
//!
//! The socket is shared with [`gone`](super::gone), which checks whether the client is still there.

use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// What is happening on a connection; shared by the stream and the service.
#[derive(Debug, Clone, Default)]
pub(super) struct Phase(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    /// A request is being worked on.
    in_request: AtomicBool,
    /// How many heads have been completed.
    heads: AtomicUsize,
    /// Some of the data to be written is still waiting.
    unsent: AtomicBool,
}

impl Phase {
    /// A head is complete.
    pub(super) fn begin_request(&self) {
        self.0.heads.fetch_add(1, Ordering::Relaxed);
        self.0.in_request.store(true, Ordering::Relaxed);
    }

    /// An answer is ready: what is read next begins a new head.
    pub(super) fn end_request(&self) {
        self.0.in_request.store(false, Ordering::Relaxed);
    }

    fn heads(&self) -> usize {
        self.0.heads.load(Ordering::Relaxed)
    }

    fn in_request(&self) -> bool {
        self.0.in_request.load(Ordering::Relaxed)
    }

    /// Whether an earlier answer is still on its way out.
    pub(super) fn is_writing(&self) -> bool {
        self.0.unsent.load(Ordering::Relaxed)
    }

    fn wrote(&self, of: usize, written: &Poll<io::Result<usize>>) {
        let whole = matches!(written, Poll::Ready(Ok(count)) if *count == of);
        self.0.unsent.store(!whole, Ordering::Relaxed);
    }
}

/// The time limit of the head that follows this many.
#[derive(Debug)]
struct Timer {
    heads: usize,
    sleep: Pin<Box<Sleep>>,
}

/// Watches what is read from a connection.
#[derive(Debug)]
pub(super) struct HeadWatch {
    stream: Arc<TcpStream>,
    phase: Phase,
    limit: Duration,
    /// Runs from the first byte of a head.
    timer: Option<Timer>,
}

impl HeadWatch {
    /// Each head may take this long.
    pub(super) fn new(stream: Arc<TcpStream>, phase: Phase, limit: Duration) -> Self {
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
        let heads = self.phase.heads();
        // If nothing was read while a request was being handled, the timer is still that of its head.
        if arrived && self.timer.as_ref().is_none_or(|timer| timer.heads != heads) {
            let sleep = Box::pin(sleep(self.limit));
            self.timer = Some(Timer { heads, sleep });
        }
        let late = self
            .timer
            .as_mut()
            .filter(|timer| timer.heads == heads)
            .is_some_and(|timer| timer.sleep.as_mut().poll(cx).is_ready());
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
        let read = poll_read(&this.stream, cx, buf);
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
        let written = poll_write(&self.stream, cx, |stream| stream.try_write(buf));
        self.phase.wrote(buf.len(), &written);
        written
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = poll_write(&self.stream, cx, |stream| stream.try_write_vectored(bufs));
        let all = bufs.iter().map(|buf| buf.len()).sum();
        self.phase.wrote(all, &written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Written data is already with the operating system.
    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = SockRef::from(&*self.stream).shutdown(Shutdown::Write);
        match closed {
            // The other side was quicker.
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Poll::Ready(Ok(())),
            closed => Poll::Ready(closed),
        }
    }
}

/// Reads into the buffer as soon as there is something to read.
fn poll_read(
    stream: &TcpStream,
    cx: &mut Context<'_>,
    buf: &mut ReadBuf<'_>,
) -> Poll<io::Result<()>> {
    loop {
        ready!(stream.poll_read_ready(cx))?;
        match stream.try_read_buf(buf) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            read => return Poll::Ready(read.map(drop)),
        }
    }
}

/// Writes as much as it can, as soon as it can write anything.
fn poll_write(
    stream: &TcpStream,
    cx: &mut Context<'_>,
    write: impl Fn(&TcpStream) -> io::Result<usize>,
) -> Poll<io::Result<usize>> {
    loop {
        ready!(stream.poll_write_ready(cx))?;
        match write(stream) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            written => return Poll::Ready(written),
        }
    }
}
