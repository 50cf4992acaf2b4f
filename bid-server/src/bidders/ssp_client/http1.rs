//! [`Http1`]: a connection that is driven by the call that uses it.

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use axum::http::header::HOST;
use axum::http::{HeaderValue, Response, Uri};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{Connection, SendRequest};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::Outgoing;

/// A connection without HTTP on top of it.
pub(super) type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

/// A connection for one call at a time. Dropping it closes it.
pub(super) struct Http1 {
    sender: SendRequest<Full<Bytes>>,
    connection: Connection<Stream, Full<Bytes>>,
    ended: bool,
}

impl Http1 {
    /// Starts HTTP over a fresh stream.
    pub(super) async fn open(stream: Stream) -> hyper::Result<Self> {
        let (sender, connection) = hyper::client::conn::http1::handshake(stream).await?;
        Ok(Self {
            sender,
            connection,
            ended: false,
        })
    }

    /// Whether a request can be sent: the last answer was read to its end, and neither side has closed.
    pub(super) async fn is_ready(&mut self) -> bool {
        poll_fn(|cx| {
            self.work(cx);
            let ready = matches!(self.sender.poll_ready(cx), Poll::Ready(Ok(())));
            Poll::Ready(ready && !self.ended)
        })
        .await
    }

    /// The head of the answer; or the request itself, if none of it was sent.
    pub(super) async fn send(
        &mut self,
        request: Outgoing,
    ) -> Result<Response<Incoming>, Option<Outgoing>> {
        let response = self.sender.try_send_request(request);
        let response = self.drive(response).await;
        response.map_err(|mut error| error.take_message())
    }

    /// Works on the connection until the other future is ready.
    pub(super) async fn drive<T>(&mut self, other: impl Future<Output = T>) -> T {
        let mut other = pin!(other);
        poll_fn(|cx| {
            // What `other` asks for may be done at once, and its result can then be taken at once.
            if let Poll::Ready(done) = other.as_mut().poll(cx) {
                return Poll::Ready(done);
            }
            self.work(cx);
            other.as_mut().poll(cx)
        })
        .await
    }

    /// Reads and writes as much as possible. Errors reach the future that waits for the answer.
    fn work(&mut self, cx: &mut Context<'_>) {
        if !self.ended {
            self.ended = Pin::new(&mut self.connection).poll(cx).is_ready();
        }
    }
}

impl fmt::Debug for Http1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http1").field("ended", &self.ended).finish()
    }
}

/// Gives the request its form on the wire: the path as URI, the host as header.
pub(super) fn address(request: &mut Outgoing) {
    let uri = request.uri();
    let host = uri.authority().map(axum::http::uri::Authority::as_str);
    let host = host.and_then(|host| HeaderValue::from_str(host).ok());
    let path = uri.path_and_query().cloned();
    *request.uri_mut() = path.map(Uri::from).unwrap_or_default();
    if let Some(host) = host {
        request.headers_mut().entry(HOST).or_insert(host);
    }
}
