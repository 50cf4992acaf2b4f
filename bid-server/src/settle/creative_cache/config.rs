//! `[cache]`, checked.

use std::time::Duration;

use url::Url;

/// `[cache]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheConfig {
    /// What stands behind our own `/cache`.
    pub store: CacheStore,
    /// A Prebid Cache elsewhere that creatives of auctions go to; `None` = our own.
    pub external_url: Option<Url>,
    /// Where pages and players fetch them; `None` = our own address, or the external one.
    pub fetch_url: Option<Url>,
    /// Most that keeping or fetching may take.
    pub timeout: Duration,
    /// Most memory that kept creatives may take.
    pub max_bytes: usize,
    /// Largest creative.
    pub max_value_bytes: usize,
    /// Most creatives in one call.
    pub max_puts: usize,
    /// Longest time that one is kept.
    pub max_ttl: Duration,
    /// How long one is kept where nobody says it.
    pub default_ttl: Duration,
    /// Added to the life of a bid, for the way to the page.
    pub extra_ttl: Duration,
    /// Whether callers of `/cache` may choose ids.
    pub allow_keys: bool,
}

/// Where entries are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheStore {
    /// In this process.
    Memory,
    /// In the Redis of this URL.
    Redis(String),
}

impl CacheConfig {
    /// Whether putting something there means to wait for a network.
    pub(crate) fn is_away(&self) -> bool {
        self.external_url.is_some() || matches!(self.store, CacheStore::Redis(_))
    }
}
