//! The HTTP client that all calls to SSPs share.
//!
//! An auction makes a dozen calls at once and has nothing else to do until the answers arrive. So a call
//! drives its HTTP/1.1 connection itself, from the auction's own task: no other task has to be woken for a
//! byte to move. When its call is over, a connection rests in [`pool`] until the next call to the same SSP;
//! when the call is abandoned, the connection is closed. SSPs that offer HTTP/2 get all calls over one
//! connection.
//!
//! The client follows no redirects, because an SSP could send us anywhere. It uses no proxy. Its only timeout
//! is the one for connecting, since each call runs within the auction's deadline.

mod config;
mod connect;
mod http1;
mod metrics;
mod pool;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::http::header::CONTENT_ENCODING;
use axum::http::{Request, Response};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use thiserror::Error;
use tokio::time::Instant;

pub use config::SspClientConfig;
use connect::Connector;
use http1::Http1;
pub(crate) use metrics::{ConnectMetrics, waits};
use pool::{Open, Origin, Pool, Shared};

use super::coding::{self, CodingError};
use crate::data::tls::TlsConfig;

/// A request to an SSP; the URI is absolute.
pub(crate) type Outgoing = Request<Full<Bytes>>;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum ExchangeError {
    /// No connection could be made in time.
    #[error("no connection")]
    Connect,
    /// The connection broke before the answer had arrived.
    #[error("the connection broke")]
    Broken,
    /// The body is longer than the most we read.
    #[error("answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The body is compressed and cannot be read.
    #[error(transparent)]
    Coding(CodingError),
}

impl From<CodingError> for ExchangeError {
    fn from(error: CodingError) -> Self {
        match error {
            CodingError::TooLarge(cap) => Self::TooLarge(cap),
            other => Self::Coding(other),
        }
    }
}

/// Is told about an answer while it arrives.
pub(crate) trait Listener: Sync {
    /// The head has arrived.
    fn head(&self, status: u16);

    /// A part of the body has arrived.
    fn part(&self, bytes: &[u8]);
}

/// How a call got its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// The connection had been resting, or other calls use it at the same time.
    Reused,
    /// The connection was made for this call and took this long to open.
    Opened(Duration),
    /// No connection could be made, and it took this long to find out.
    Failed(Duration),
}

/// How large a body was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BodySize {
    /// In bytes on the wire.
    pub(crate) wire: usize,
    /// In bytes after decompression.
    pub(crate) plain: usize,
}

/// What is known so far about a call's connection and its answer.
#[derive(Debug, Default)]
pub(crate) struct LinkNote(Mutex<Option<Link>>, OnceLock<BodySize>);

impl LinkNote {
    /// `None` = no complete body has arrived.
    pub(crate) fn size(&self) -> Option<BodySize> {
        self.1.get().copied()
    }

    fn set(&self, link: Link) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(link);
    }

    /// `None` = there is no connection yet.
    pub(crate) fn get(&self) -> Option<Link> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How an answer is read.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    /// The most bytes that a body may have.
    pub(crate) cap: usize,
    /// Set if the auction's caller wants to see what arrives.
    pub(crate) listener: Option<&'a dyn Listener>,
    /// Records the call's connection.
    pub(crate) link: &'a LinkNote,
}

/// Status and whole body.
pub(crate) type RawReply = (u16, Bytes);

/// Makes calls and keeps their connections.
#[derive(Debug)]
pub(crate) struct SspClient {
    connector: Connector,
    pool: Arc<Pool>,
}

/// What became of an attempt over one connection.
enum Attempt {
    Done(Result<RawReply, ExchangeError>),
    /// The connection was closed before any of the request was sent.
    Unsent(Box<Outgoing>),
}

impl SspClient {
    /// A client without connections.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub(crate) fn new(
        config: &SspClientConfig,
        tls: &TlsConfig,
        metrics: Arc<ConnectMetrics>,
    ) -> Result<Self, rustls::Error> {
        Ok(Self {
            connector: Connector::new(config.connect_timeout, tls, metrics)?,
            pool: Arc::new(Pool::new(
                config.idle_connections_per_host,
                config.idle_timeout,
            )),
        })
    }

    /// Sends the request and reads the whole answer. Dropping the future closes the connection.
    pub(crate) async fn send(
        &self,
        mut request: Outgoing,
        reading: Reading<'_>,
    ) -> Result<RawReply, ExchangeError> {
        let origin = Origin::of(request.uri()).ok_or(ExchangeError::Connect)?;
        let uri = request.uri().clone();
        // The SSP may have closed a resting connection; the next one may still be open.
        while let Some(open) = self.pool.take(&origin) {
            reading.link.set(Link::Reused);
            match self.over(open, request, &origin, reading).await {
                Attempt::Done(result) => return result,
                Attempt::Unsent(again) => request = *again,
            }
            *request.uri_mut() = uri.clone();
        }
        // Boxed, because it happens seldom and is large.
        let start = Instant::now();
        let open = Box::pin(self.connector.connect(&uri)).await;
        reading.link.set(match &open {
            Ok(_) => Link::Opened(start.elapsed()),
            Err(_) => Link::Failed(start.elapsed()),
        });
        let open = open?;
        if let Open::Many(shared) = &open {
            self.pool.share(&origin, shared.clone());
        }
        match self.over(open, request, &origin, reading).await {
            Attempt::Done(result) => result,
            Attempt::Unsent(_) => Err(ExchangeError::Broken),
        }
    }

    async fn over(
        &self,
        open: Open,
        request: Outgoing,
        origin: &Origin,
        reading: Reading<'_>,
    ) -> Attempt {
        match open {
            Open::One(connection) => self.over_http1(connection, request, origin, reading).await,
            Open::Many(shared) => Box::pin(over_http2(shared, request, reading)).await,
        }
    }

    async fn over_http1(
        &self,
        mut connection: Box<Http1>,
        mut request: Outgoing,
        origin: &Origin,
        reading: Reading<'_>,
    ) -> Attempt {
        if !connection.is_ready().await {
            return unsent(Some(request));
        }
        http1::address(&mut request);
        let response = match connection.send(request).await {
            Ok(response) => response,
            Err(request) => return unsent(request),
        };
        let answer = connection.drive(read(response, reading)).await;
        if answer.is_ok() && connection.is_ready().await {
            self.pool.put(origin, connection);
        }
        Attempt::Done(answer)
    }
}

async fn over_http2(mut shared: Shared, request: Outgoing, reading: Reading<'_>) -> Attempt {
    if shared.ready().await.is_err() {
        return unsent(Some(request));
    }
    match shared.try_send_request(request).await {
        Ok(response) => Attempt::Done(read(response, reading).await),
        Err(mut error) => unsent(error.take_message()),
    }
}

/// `None` = some of the request was sent.
fn unsent(request: Option<Outgoing>) -> Attempt {
    match request {
        Some(request) => Attempt::Unsent(Box::new(request)),
        None => Attempt::Done(Err(ExchangeError::Broken)),
    }
}

async fn read(
    response: Response<Incoming>,
    reading: Reading<'_>,
) -> Result<RawReply, ExchangeError> {
    let Reading { cap, link, .. } = reading;
    let status = response.status().as_u16();
    if let Some(listener) = reading.listener {
        listener.head(status);
    }
    let (head, mut body) = response.into_parts();
    // Compressed bytes tell a debugging caller nothing; it gets the body once that can be read.
    let coded = head.headers.contains_key(CONTENT_ENCODING);
    let listener = reading.listener.filter(|_| !coded);
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > cap {
        return Err(ExchangeError::TooLarge(cap));
    }
    let mut whole = Gathered::default();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ExchangeError::Broken)?;
        let Ok(part) = frame.into_data() else {
            continue;
        };
        if whole.len() + part.len() > cap {
            return Err(ExchangeError::TooLarge(cap));
        }
        if let Some(listener) = listener {
            listener.part(&part);
        }
        whole.push(part, announced);
    }
    let wire = whole.len();
    let plain = coding::decoded(&head.headers, whole.into_bytes(), cap)?;
    if let Some(listener) = reading.listener.filter(|_| coded) {
        listener.part(&plain);
    }
    let size = BodySize {
        wire,
        plain: plain.len(),
    };
    // A call has only one answer, so this is the first size.
    let _first = link.1.set(size);
    Ok((status, plain))
}

/// The parts of a body; a single part is not copied.
#[derive(Debug, Default)]
struct Gathered {
    first: Bytes,
    all: BytesMut,
}

impl Gathered {
    fn len(&self) -> usize {
        self.first.len() + self.all.len()
    }

    /// `announced` = how many bytes there will be at least.
    fn push(&mut self, part: Bytes, announced: usize) {
        if self.len() == 0 {
            self.first = part;
            return;
        }
        if self.all.is_empty() {
            let first = std::mem::take(&mut self.first);
            self.all.reserve(announced.max(first.len() + part.len()));
            self.all.extend_from_slice(&first);
        }
        self.all.extend_from_slice(&part);
    }

    fn into_bytes(self) -> Bytes {
        if self.all.is_empty() {
            self.first
        } else {
            self.all.freeze()
        }
    }
}

#[cfg(test)]
mod tests;
