//! One HTTP connection, which ends when its client is silent for too long, or must make room for another.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::listener::Patience;
use crate::receive::connections::{Activity, Place};
use crate::receive::metrics::ConnectionGauge;

/// Gives its place back when it is dropped.
#[derive(Debug)]
pub(crate) struct HttpStream {
    stream: TcpStream,
    handling: Arc<Handling>,
    /// Requests that the handler had when we last looked.
    requests: u64,
    evicted: Pin<Box<WaitForCancellationFutureOwned>>,
    patience: Patience,
    phase: Phase,
    /// When the phase has lasted too long.
    limit: Pin<Box<Sleep>>,
    /// When a client has not read its answer for too long; only while we wait for that.
    unread: Option<Pin<Box<Sleep>>>,
    counted: ConnectionGauge,
}

/// What the handler says of a connection's requests; hyper does not report them to its stream.
#[derive(Debug)]
pub(crate) struct Handling {
    place: Place,
    requests: AtomicU64,
}

/// A request that the handler has.
#[derive(Debug)]
pub(super) struct InHand(Arc<Handling>);

impl Handling {
    /// The head is whole; the body follows.
    pub(super) fn begin(self: &Arc<Self>) -> InHand {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.place.turn_to(Activity::Receiving, Instant::now());
        InHand(Arc::clone(self))
    }

    /// The body is whole; the client waits for us.
    pub(super) fn has_body(&self) {
        self.place.turn_to(Activity::Working, Instant::now());
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.0.place.turn_to(Activity::Idle, Instant::now());
    }
}

/// Where a connection is in the course of its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// From the first byte, or from the connection's beginning, until the handler has the request.
    Head,
    /// The handler has it.
    Request,
    /// It is answered.
    Between,
}

impl HttpStream {
    pub(super) fn new(
        stream: TcpStream,
        place: Place,
        patience: Patience,
        counted: ConnectionGauge,
    ) -> Self {
        Self {
            stream,
            evicted: Box::pin(place.eviction().clone().cancelled_owned()),
            handling: Arc::new(Handling {
                place,
                requests: AtomicU64::new(0),
            }),
            requests: 0,
            patience,
            phase: Phase::Head,
            limit: Box::pin(sleep(patience.head)),
            unread: None,
            counted,
        }
    }

    pub(super) fn handling(&self) -> Arc<Handling> {
        Arc::clone(&self.handling)
    }

    /// Follows the handler.
    fn follow(&mut self) {
        let idle = self.handling.place.activity() == Activity::Idle;
        let requests = self.handling.requests.load(Ordering::Relaxed);
        let began = requests != self.requests;
        self.requests = requests;
        match (self.phase, idle) {
            // A request may begin and end between two looks.
            (_, true) if began || self.phase == Phase::Request => self.turn_to(Phase::Between),
            (Phase::Head | Phase::Between, false) => self.turn_to(Phase::Request),
            _ => {}
        }
    }

    fn turn_to(&mut self, phase: Phase) {
        self.phase = phase;
        let limit = match phase {
            Phase::Head => self.patience.head,
            Phase::Request | Phase::Between => self.patience.idle,
        };
        self.limit.as_mut().reset(Instant::now() + limit);
    }

    fn has_read(&mut self) {
        match self.phase {
            // However slowly it comes, its time runs from its first byte.
            Phase::Head => {}
            Phase::Between => self.turn_to(Phase::Head),
            Phase::Request => self.turn_to(Phase::Request),
        }
    }

    /// Is it over, whatever the socket says?
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        if self.evicted.as_mut().poll(cx).is_ready() {
            self.counted.evicted();
            return Poll::Ready(io::ErrorKind::ConnectionAborted.into());
        }
        self.limit
            .as_mut()
            .poll(cx)
            .map(|()| io::ErrorKind::TimedOut.into())
    }

    /// A client that sends requests and reads no answers is silent too.
    fn poll_unread<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.unread = None;
            return written;
        }
        let idle = self.patience.idle;
        let unread = self.unread.get_or_insert_with(|| Box::pin(sleep(idle)));
        unread
            .as_mut()
            .poll(cx)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for HttpStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.follow();
        if let Poll::Ready(result) = Pin::new(&mut this.stream).poll_read(cx, buf) {
            this.has_read();
            return Poll::Ready(result);
        }
        this.poll_end(cx).map(Err)
    }
}

impl AsyncWrite for HttpStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.poll_unread(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, parts);
        this.poll_unread(cx, written)
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::Instant;

    use super::{HttpStream, Patience, Phase};
    use crate::receive::connections::{ConnectionLimits, Connections};
    use crate::receive::labels::Input;
    use crate::receive::metrics::ReceiveMetrics;

    async fn connection() -> HttpStream {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap());
        let limits = ConnectionLimits {
            all: 1,
            per_client: 1,
        };
        let place = Connections::new(limits)
            .admit(None, Instant::now())
            .unwrap();
        let patience = Patience {
            idle: Duration::from_secs(60),
            head: Duration::from_secs(10),
        };
        let counted = ReceiveMetrics::default().connection_opened(Input::Http);
        HttpStream::new(stream.await.unwrap(), place, patience, counted)
    }

    /// A client that rests between requests is not taken for one that does not finish its head.
    #[tokio::test]
    async fn a_requests_phases_are_followed_however_quick_it_is() {
        let mut stream = connection().await;
        stream.follow();
        stream.has_read();
        assert_eq!(stream.phase, Phase::Head);
        // Begun and answered between two looks.
        drop(stream.handling().begin());
        stream.follow();
        assert_eq!(stream.phase, Phase::Between);
        stream.has_read();
        assert_eq!(stream.phase, Phase::Head);
        let in_hand = stream.handling().begin();
        stream.follow();
        stream.has_read();
        assert_eq!(stream.phase, Phase::Request);
        drop(in_hand);
        stream.follow();
        assert_eq!(stream.phase, Phase::Between);
        // Two at once, of which the second is still in hand.
        drop(stream.handling().begin());
        let _in_hand = stream.handling().begin();
        stream.follow();
        assert_eq!(stream.phase, Phase::Request);
    }
}
