//! A TCP listener for axum that holds no more than so many connections; further ones wait in the system's queue.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

use super::config::HttpConfig;
use crate::receive::labels::Input;
use crate::receive::metrics::{ConnectionGauge, ReceiveMetrics};

/// The listener with its cap.
#[derive(Debug)]
pub(crate) struct CappedListener {
    listener: TcpListener,
    room: Arc<Semaphore>,
    idle: Duration,
    metrics: ReceiveMetrics,
}

impl CappedListener {
    pub(crate) fn new(listener: TcpListener, config: &HttpConfig, metrics: ReceiveMetrics) -> Self {
        let room = Arc::new(Semaphore::new(config.max_connections));
        Self {
            listener,
            room,
            idle: config.idle_timeout,
            metrics,
        }
    }
}

/// A connection that gives its place back when it is dropped, and that ends when nothing arrives for too long:
/// otherwise a client that never finishes its headers would keep its place for ever.
#[derive(Debug)]
pub(crate) struct CappedStream {
    stream: TcpStream,
    idle: Duration,
    silence: Pin<Box<Sleep>>,
    _permit: Option<OwnedSemaphorePermit>,
    _counted: ConnectionGauge,
}

impl Listener for CappedListener {
    type Io = CappedStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // The semaphore is never closed, so there is always a place in the end.
        let permit = Arc::clone(&self.room).acquire_owned().await.ok();
        let (stream, address) = Listener::accept(&mut self.listener).await;
        drop(stream.set_nodelay(true));
        let stream = CappedStream {
            stream,
            idle: self.idle,
            silence: Box::pin(sleep(self.idle)),
            _permit: permit,
            _counted: self.metrics.connection_opened(Input::Http),
        };
        (stream, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

impl AsyncRead for CappedStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Poll::Ready(result) = Pin::new(&mut this.stream).poll_read(cx, buf) {
            this.silence.as_mut().reset(Instant::now() + this.idle);
            return Poll::Ready(result);
        }
        this.silence
            .as_mut()
            .poll(cx)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncWrite for CappedStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, parts)
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
