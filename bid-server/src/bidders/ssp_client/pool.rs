//! [`Pool`]: connections that rest between calls.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::Uri;
use axum::http::uri::{Authority, Scheme};
use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http2::SendRequest;
use tokio::time::Instant;

use super::http1::Http1;

/// Calls over HTTP/2; cheap to clone.
pub(super) type Shared = SendRequest<Full<Bytes>>;

/// A connection that a call may use.
#[derive(Debug)]
pub(super) enum Open {
    /// On its own.
    One(Box<Http1>),
    /// Along with others.
    Many(Shared),
}

/// Scheme and authority of an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Origin(Scheme, Authority);

impl Origin {
    /// `None` = the address is not absolute.
    pub(super) fn of(uri: &Uri) -> Option<Self> {
        Some(Self(uri.scheme()?.clone(), uri.authority()?.clone()))
    }
}

/// By origin; the most recently used connection is taken first.
#[derive(Debug)]
pub(super) struct Pool {
    resting: Mutex<Resting>,
    /// How many connections may rest at the same time, per origin.
    most: usize,
    /// How long one may rest.
    longest: Duration,
}

#[derive(Debug)]
struct Resting {
    by_origin: HashMap<Origin, Connections>,
    /// When all origins were last swept.
    swept: Instant,
}

#[derive(Debug, Default)]
struct Connections {
    /// Oldest first.
    alone: Vec<Rest>,
    shared: Option<Shared>,
}

#[derive(Debug)]
struct Rest {
    since: Instant,
    connection: Box<Http1>,
}

impl Pool {
    /// An empty pool.
    pub(super) fn new(most: usize, longest: Duration) -> Self {
        Self {
            resting: Mutex::new(Resting {
                by_origin: HashMap::new(),
                swept: Instant::now(),
            }),
            most,
            longest,
        }
    }

    /// A connection; the other side may have closed it.
    pub(super) fn take(&self, origin: &Origin) -> Option<Open> {
        let mut resting = self.lock();
        let connections = resting.by_origin.get_mut(origin)?;
        if let Some(shared) = &connections.shared {
            if !shared.is_closed() {
                return Some(Open::Many(shared.clone()));
            }
            connections.shared = None;
        }
        let last = connections.alone.pop()?;
        if last.since.elapsed() <= self.longest {
            return Some(Open::One(last.connection));
        }
        // The others have rested even longer. They are closed after the lock is released.
        let _old = std::mem::take(&mut connections.alone);
        drop(resting);
        None
    }

    /// Puts a connection to rest.
    pub(super) fn put(&self, origin: &Origin, connection: Box<Http1>) {
        let now = Instant::now();
        let mut resting = self.lock();
        if now - resting.swept > self.longest {
            resting.swept = now;
            resting.by_origin.retain(|_, connections| {
                let alone = &mut connections.alone;
                alone.retain(|rest| now - rest.since <= self.longest);
                let shared = connections.shared.as_ref();
                !connections.alone.is_empty() || shared.is_some_and(|shared| !shared.is_closed())
            });
        }
        let alone = match resting.by_origin.get_mut(origin) {
            Some(connections) => &mut connections.alone,
            None => &mut resting.by_origin.entry(origin.clone()).or_default().alone,
        };
        if alone.len() < self.most {
            alone.push(Rest {
                since: now,
                connection,
            });
        }
    }

    /// Lets other calls use a connection at the same time.
    pub(super) fn share(&self, origin: &Origin, shared: Shared) {
        let mut resting = self.lock();
        let connections = resting.by_origin.entry(origin.clone());
        connections.or_default().shared = Some(shared);
    }

    /// It guards only lists, so a panic elsewhere leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, Resting> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
