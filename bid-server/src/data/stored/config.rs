//! `[stored_data]` and what the configuration itself stores, checked.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use openrtb::Members;
use serde_json::Value;
use url::Url;

/// `[stored_data]`: where stored data comes from, besides this file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDataConfig {
    /// A folder of files; `None` = no folder.
    pub folder: Option<PathBuf>,
    /// Time between two checks of the folder.
    pub poll: Duration,
    /// The longest time that a request waits for stored data.
    pub fetch_timeout: Duration,
    /// Another server; `None` = no server.
    pub http: Option<StoredHttpConfig>,
}

/// `[stored_data.http]`: a server that is asked for stored data, and how much of its answers is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHttpConfig {
    /// The address to ask; ids are added to its query.
    pub endpoint: Url,
    /// A longer answer counts as a failure.
    pub max_response_bytes: usize,
    /// The most bytes of JSON that are kept.
    pub cache_bytes: usize,
    /// How long existing data is not fetched again.
    pub cache_ttl: Duration,
    /// How long missing data is not asked for again.
    pub missing_ttl: Duration,
}

/// Stored imps by id, as JSON, ready to be merged.
pub type StoredImps = BTreeMap<String, Members>;

/// What the configuration itself stores, by id, as JSON that is ready to be merged.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StoredSections {
    /// `[stored_imps.<id>]`
    pub imps: StoredImps,
    /// `[stored_requests.<id>]`
    pub requests: BTreeMap<String, Members>,
    /// `[stored_responses.<id>]`: what auctions and bidders answer if a request says so.
    pub responses: BTreeMap<String, Value>,
    /// `[profiles.<id>]`: parts of requests and imps.
    pub profiles: BTreeMap<String, Members>,
    /// `[default_request]`: every request is laid over it.
    pub default_request: Members,
}
