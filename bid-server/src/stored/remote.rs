//! [`Remote`]: stored data on another server, behind a cache.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::{Instant, timeout_at};

use super::cache::{Cache, CacheLimits, Known};
use super::fetch::Backend;
use super::{FetchError, Found, Wanted};
use crate::config::StoredHttpConfig;
use crate::http_client::{self, ClientError};
use crate::metrics::Metrics;

/// Another server, and what it said lately.
#[derive(Debug)]
pub(super) struct Remote {
    backend: Backend,
    cache: Mutex<Cache>,
    metrics: Arc<Metrics>,
}

/// What the cache knows of what is wanted.
#[derive(Default)]
struct Cached {
    /// Fresh values.
    found: Found,
    /// Older values.
    stale: Found,
    /// What has to be asked for.
    ask: Wanted,
}

impl Remote {
    /// Nothing is fetched yet.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub(super) fn connect(
        config: &StoredHttpConfig,
        metrics: Arc<Metrics>,
    ) -> Result<Self, ClientError> {
        let client = http_client::builder().tcp_nodelay(true).build()?;
        Ok(Self {
            backend: Backend {
                client,
                endpoint: config.endpoint.clone(),
                max_bytes: config.max_response_bytes,
            },
            cache: Mutex::new(Cache::new(CacheLimits {
                bytes: config.cache_bytes,
                ttl: config.cache_ttl,
                missing_ttl: config.missing_ttl,
            })),
            metrics,
        })
    }

    /// As much of it as exists, from the cache where it is fresh.
    ///
    /// # Errors
    /// Where the other server does not answer by `until` and the cache has not even an older value.
    pub(super) async fn fetch(&self, wanted: &Wanted, until: Instant) -> Result<Found, FetchError> {
        let Cached {
            mut found,
            stale,
            ask,
        } = self.cached(wanted);
        if ask.is_empty() {
            return Ok(found);
        }
        let fetched = timeout_at(until, self.backend.fetch(&ask)).await;
        let fetched = fetched.unwrap_or(Err(FetchError("no answer in time")));
        match &fetched {
            Ok(fetched) => self.keep(&ask, fetched),
            // Counted also where older values help out: somebody has to see it before they are too old.
            Err(_) => self.metrics.data_fault("stored_data"),
        }
        let fetched = fetched.or_else(|error| older(error, &ask, stale))?;
        found.extend(fetched.into_iter().filter(|(key, _)| ask.contains(key)));
        Ok(found)
    }

    fn cached(&self, wanted: &Wanted) -> Cached {
        let now = Instant::now();
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let mut cached = Cached::default();
        for key in wanted {
            match cache.get(key, now) {
                Known::Fresh(value) => cached.found.extend(value.map(|value| (key.clone(), value))),
                Known::Stale(value) => {
                    cached.stale.insert(key.clone(), value);
                    cached.ask.insert(key.clone());
                }
                Known::Nothing => {
                    cached.ask.insert(key.clone());
                }
            }
        }
        cached
    }

    fn keep(&self, asked: &Wanted, fetched: &Found) {
        let now = Instant::now();
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        for key in asked {
            cache.put(key.clone(), fetched.get(key).cloned(), now);
        }
    }
}

/// Values that were true a while ago, if they are all there; else the failure.
fn older(error: FetchError, ask: &Wanted, stale: Found) -> Result<Found, FetchError> {
    if !ask.iter().all(|key| stale.contains_key(key)) {
        tracing::error!(%error, "stored data cannot be fetched");
        return Err(error);
    }
    tracing::warn!(%error, "older stored data is used");
    Ok(stale)
}
