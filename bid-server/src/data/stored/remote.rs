//! [`Remote`]: stored data on another server, behind a cache.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::{Instant, timeout_at};

use super::cache::{Cache, CacheLimits, CacheState};
use super::fetch::Backend;
use super::flight::{Boarding, Flights, Outcome};
use super::{FetchError, Found, Wanted};
use crate::data::http_client::{self, ClientError};
use crate::data::metrics::FetchMetrics;
use crate::data::stored::StoredHttpConfig;
use crate::data::tls::TlsConfig;

/// The name in metrics.
const DATA: &str = "stored_data";

/// Another server, and its recent answers.
#[derive(Debug)]
pub(super) struct Remote {
    backend: Backend,
    cache: Mutex<Cache>,
    flights: Flights,
    metrics: Arc<FetchMetrics>,
}

/// What the cache knows about the wanted keys.
#[derive(Default)]
struct Cached {
    /// Fresh values.
    found: Found,
    /// Older values.
    stale: Found,
    /// Keys that have to be asked for.
    ask: Wanted,
}

impl Remote {
    /// Nothing has been fetched yet.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub(super) fn connect(
        config: &StoredHttpConfig,
        tls: &TlsConfig,
        metrics: Arc<FetchMetrics>,
    ) -> Result<Self, ClientError> {
        let client = http_client::builder(tls)?.tcp_nodelay(true).build()?;
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
            flights: Flights::default(),
            metrics,
        })
    }

    /// All of it that exists, from the cache if that is fresh.
    ///
    /// # Errors
    /// If the other server does not answer by `until` and the cache does not even have an older value.
    pub(super) async fn fetch(&self, wanted: &Wanted, until: Instant) -> Result<Found, FetchError> {
        let Cached {
            mut found,
            stale,
            ask,
        } = self.cached(wanted);
        if ask.is_empty() {
            return Ok(found);
        }
        let fetched = self.ask(&ask, until).await;
        found.extend(fetched.or_else(|error| older(error, &ask, stale))?);
        Ok(found)
    }

    /// Asks for the keys that nobody else is asking for, and waits for the rest.
    async fn ask(&self, wanted: &Wanted, until: Instant) -> Outcome {
        let mut left = wanted.clone();
        let mut found = Found::new();
        while !left.is_empty() {
            let Boarding { own, others } = self.flights.board(&left);
            if let Some(flight) = own {
                let asked = flight.keys().clone();
                let outcome = self.ask_server(&asked, until).await;
                flight.land(outcome.clone());
                found.extend(outcome?);
                left.retain(|key| !asked.contains(key));
            }
            for (key, passenger) in others {
                let heard = timeout_at(until, passenger.outcome()).await;
                let heard = heard.map_err(|_| FetchError::TimedOut)?;
                let Some(outcome) = heard else { continue };
                let value = outcome?.remove(&key);
                left.remove(&key);
                found.extend(value.map(|value| (key, value)));
            }
        }
        Ok(found)
    }

    async fn ask_server(&self, asked: &Wanted, until: Instant) -> Outcome {
        let start = Instant::now();
        let fetched = timeout_at(until, self.backend.fetch(asked)).await;
        let mut fetched = fetched.unwrap_or(Err(FetchError::TimedOut));
        let outcome = fetched.as_ref().err();
        let outcome = outcome.map_or("fetched", |error| error.outcome());
        self.metrics.done(DATA, outcome, start.elapsed());
        match &mut fetched {
            Ok(fetched) => {
                fetched.retain(|key, _| asked.contains(key));
                self.keep(asked, fetched);
            }
            // Counted even if older values can be used: somebody has to notice before they are too old.
            Err(_) => self.metrics.data_fault(DATA),
        }
        fetched
    }

    fn cached(&self, wanted: &Wanted) -> Cached {
        let now = Instant::now();
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let mut cached = Cached::default();
        for key in wanted {
            match cache.get(key, now) {
                CacheState::Fresh(value) => {
                    cached.found.extend(value.map(|value| (key.clone(), value)));
                }
                CacheState::Stale(value) => {
                    cached.stale.insert(key.clone(), value);
                    cached.ask.insert(key.clone());
                }
                CacheState::Nothing => {
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

/// Values that were valid a while ago, if all of them are there; otherwise the failure.
fn older(error: FetchError, ask: &Wanted, stale: Found) -> Result<Found, FetchError> {
    if !ask.iter().all(|key| stale.contains_key(key)) {
        tracing::error!(%error, "stored data cannot be fetched");
        return Err(error);
    }
    tracing::warn!(%error, "older stored data is used");
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::routing::get;
    use tokio::net::TcpListener;
    use tokio::task::JoinSet;

    use super::*;
    use crate::config::Config;
    use crate::data::stored::StoredKind;

    #[tokio::test]
    async fn what_several_want_at_once_is_asked_for_once() {
        let questions = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&questions);
        let answer = get(move || async move {
            counted.fetch_add(1, Ordering::Relaxed);
            r#"{"imps":{"a":{"id":"a"},"other":{}}}"#
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut server = JoinSet::new();
        server.spawn(async move {
            let routes = Router::new().route("/", answer);
            axum::serve(listener, routes).await.unwrap();
        });
        let config = format!("[stored_data.http]\nendpoint = 'http://{address}/'");
        let config = Config::parse(&config).unwrap().stored_data.http.unwrap();
        let remote = Remote::connect(&config, &TlsConfig::default(), Arc::default()).unwrap();
        let key = |id: &str| (StoredKind::Imp, id.to_owned());
        let wanted = Wanted::from([key("a"), key("b")]);
        let until = Instant::now() + std::time::Duration::from_secs(20);
        let (first, second) = (remote.fetch(&wanted, until), remote.fetch(&wanted, until));
        let (first, second) = tokio::join!(first, second);
        let found: Vec<_> = first.unwrap().into_keys().collect();
        assert_eq!(found, [key("a")]);
        let found: Vec<_> = second.unwrap().into_keys().collect();
        assert_eq!(found, [key("a")]);
        assert_eq!(questions.load(Ordering::Relaxed), 1);
    }
}
