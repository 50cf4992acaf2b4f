//! `[cache]`, checked.

use std::time::Duration;

use url::Url;

/// `[cache]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheConfig {
    /// The store behind our own `/cache`.
    pub store: CacheStore,
    /// A Prebid Cache elsewhere that the creatives of auctions go to; `None` = our own.
    pub external_url: Option<Url>,
    /// Where pages and players fetch creatives; `None` = our own address, or the external one.
    pub fetch_url: Option<Url>,
    /// The longest time that storing or fetching may take.
    pub timeout: Duration,
    /// The most memory that kept creatives may take.
    pub max_bytes: usize,
    /// The largest creative.
    pub max_value_bytes: usize,
    /// The most creatives in one call.
    pub max_puts: usize,
    /// The longest time that one is kept.
    pub max_ttl: Duration,
    /// How long one is kept if no time is given.
    pub default_ttl: Duration,
    /// Added to the lifetime of a bid, for the way to the page.
    pub extra_ttl: Duration,
    /// Whether callers of `/cache` may choose ids.
    pub allow_keys: bool,
    /// Who may put creatives there, besides auctions.
    pub writers: CacheWriters,
}

/// Where entries are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheStore {
    /// In this process.
    Memory,
    /// In the Redis at this URL.
    Redis(String),
}

impl CacheConfig {
    /// Whether storing something there means waiting for a network.
    pub(crate) fn is_away(&self) -> bool {
        self.external_url.is_some() || matches!(self.store, CacheStore::Redis(_))
    }
}

/// Who may put creatives into our own `/cache`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheWriters {
    /// Anybody, as pages with a client-side video cache do.
    Anybody,
    /// Callers that show this key.
    WithKey(String),
    /// Only our own auctions.
    Nobody,
}
