//! Creatives that are kept for a while, so that a page or a player can fetch them by id.
//!
//! [`store`] keeps them: in [`memory`] on one machine, in [`redis`] for several, or at an [`external`] server
//! that speaks Prebid Cache's API. [`put`] is that API's vocabulary, and [`of_auction`] decides which
//! creatives of an auction are kept, and for how long.

mod config;
mod entry;
mod external;
mod memory;
mod metrics;
pub(crate) mod of_auction;
pub(crate) mod put;
mod redis;
mod store;

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::time::Instant;
use url::Url;

pub use config::{CacheConfig, CacheStore, CacheWriters};
pub(crate) use entry::{Entry, EntryKind};
use external::External;
pub(crate) use metrics::CacheMetrics;
pub(crate) use put::{Put, StoredId};
pub(crate) use store::CreativeStore;

use crate::data::http_client::ClientError;
use crate::data::tls::TlsConfig;

/// Why something could not be stored or fetched.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum CacheError {
    /// The store cannot be reached, or is too slow.
    #[error("the cache cannot be reached: {0}")]
    Unreachable(String),
    /// It returned an unusable answer.
    #[error("the cache answered something else than ids: {0}")]
    Strange(String),
}

/// Where the creatives of auctions go, and where they can be fetched.
#[derive(Debug)]
pub(crate) struct CreativeCache {
    home: Home,
    /// The address without `?uuid=`.
    fetch_url: Url,
    /// The longest time that a store may take.
    pub(crate) timeout: Duration,
    metrics: Arc<CacheMetrics>,
}

#[derive(Debug)]
enum Home {
    Own(Arc<CreativeStore>),
    External(External),
}

impl Home {
    /// The name in metrics.
    fn name(&self) -> &'static str {
        match self {
            Self::Own(store) => store.name(),
            Self::External(_) => "external",
        }
    }
}

impl CreativeCache {
    /// As configured; `public_url` is where our own `/cache` can be reached from outside.
    pub(crate) fn new(
        (config, tls): (&CacheConfig, &TlsConfig),
        public_url: &Url,
        own: Arc<CreativeStore>,
        metrics: Arc<CacheMetrics>,
    ) -> Result<Self, ClientError> {
        let home = match &config.external_url {
            Some(url) => Home::External(External::new(url.clone(), config, tls)?),
            None => Home::Own(own),
        };
        let fetch_url = config.fetch_url.clone();
        let fetch_url = fetch_url.or_else(|| config.external_url.clone());
        Ok(Self {
            home,
            fetch_url: fetch_url.unwrap_or_else(|| below(public_url, "cache")),
            timeout: config.timeout,
            metrics,
        })
    }

    /// Stores all of them. Each gets its id, or the reason why it was not stored.
    pub(crate) async fn put_all(&self, puts: Vec<Put>) -> Vec<Result<StoredId, CacheError>> {
        let count = puts.len();
        let started = Instant::now();
        let work = async {
            match &self.home {
                Home::Own(store) => store.put_all(puts).await,
                Home::External(external) => match external.put_all(puts).await {
                    Ok(stored) => stored.into_iter().map(Ok).collect(),
                    Err(error) => vec![Err(error); count],
                },
            }
        };
        let results = tokio::time::timeout(self.timeout, work)
            .await
            .unwrap_or_else(|_| {
                let late = CacheError::Unreachable("no answer in time".to_owned());
                vec![Err(late); count]
            });
        let took = started.elapsed();
        self.metrics.wrote(self.home.name(), took, &results);
        results
    }

    /// The address at which the creative with that id can be fetched.
    pub(crate) fn url_of(&self, id: &str) -> String {
        let mut url = self.fetch_url.clone();
        url.query_pairs_mut().append_pair("uuid", id);
        url.into()
    }

    /// The host, and the port if it is not the default one: `hb_cache_host`.
    pub(crate) fn host(&self) -> String {
        let host = self.fetch_url.host_str().unwrap_or_default();
        let port = self.fetch_url.port();
        port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// `hb_cache_path`.
    pub(crate) fn path(&self) -> &str {
        self.fetch_url.path()
    }
}

/// An address below another one, with or without a slash at its end.
pub(crate) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let joined = format!("{}/{path}", base.path().trim_end_matches('/'));
    url.set_path(&joined);
    url
}
