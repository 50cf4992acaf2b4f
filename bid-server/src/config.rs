//! Checked settings. The file is read in two stages: [`mod@file`] takes the TOML as it is written and
//! refuses unknown keys; the types here are what the rest of the program sees.
//!
//! Every fault names its key, and any fault stops the start. `config/bid-server.toml` lists all
//! keys at their defaults; a test keeps it so.

mod accounts;
mod after_auction;
mod bidders;
mod cache;
mod check;
mod currency;
mod error;
mod file;
mod house;
mod limits;
mod listen;
mod log_output;
mod price_floors;
mod setting;
mod stored_data;
mod stored_imps;
mod tls;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::bidders::catalogue::Catalogue;

use openrtb::Members;
use serde_json::Value;

pub use accounts::AccountsConfig;
use url::Url;

pub use after_auction::{DebugConfig, MetricsConfig, NoticesConfig};
pub use bidders::BidderConfig;
pub(crate) use bidders::Dialect;
pub use cache::{CacheConfig, CacheStore};
pub use currency::{CurrencyConfig, RateOrigin, RateSource};
pub use error::ConfigError;
pub(crate) use house::Content;
pub use house::{CreativeConfig, LineItemConfig};
pub use limits::{AuctionConfig, CompressionConfig, SspClientConfig};
pub use listen::ListenConfig;
pub use log_output::LogOutputConfig;
pub use price_floors::FloorFetchConfig;
pub use stored_data::{StoredDataConfig, StoredHttpConfig};
pub use stored_imps::StoredImps;
pub use tls::TlsConfig;

/// All settings of a bid server.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Where the listeners are bound.
    pub listen: ListenConfig,
    /// Times and sizes of an auction.
    pub auction: AuctionConfig,
    /// Compression of answers.
    pub compression: CompressionConfig,
    /// Default currency and exchange rates.
    pub currency: CurrencyConfig,
    /// Whether rules of floors are used, and where they may be fetched.
    pub floor_fetch: FloorFetchConfig,
    /// The HTTP client that calls SSPs.
    pub ssp_client: SspClientConfig,
    /// Whom calls over https trust.
    pub tls: TlsConfig,
    /// SSPs by code.
    pub bidders: BTreeMap<String, BidderConfig>,
    /// The definitions of adapters that bidders may name.
    pub(crate) catalogue: Catalogue,
    /// Imps that requests may name.
    pub stored_imps: StoredImps,
    /// Requests that requests may name.
    pub stored_requests: BTreeMap<String, Members>,
    /// What auctions and bidders are to answer where a request says so.
    pub stored_responses: BTreeMap<String, Value>,
    /// Parts of requests and imps that requests may name.
    pub profiles: BTreeMap<String, Members>,
    /// Stands below every request.
    pub default_request: Members,
    /// Where more stored data is.
    pub stored_data: StoredDataConfig,
    /// Whose auctions are held, and how.
    pub accounts: AccountsConfig,
    /// Appended to every supply chain; `None` = nothing is.
    pub host_schain_node: Option<Members>,
    /// The publisher's own campaigns.
    pub line_items: Vec<LineItemConfig>,
    /// Where rows about auctions go; `None` = nowhere.
    pub log_output: Option<LogOutputConfig>,
    /// Where pages, players and SSPs reach the public listener; `None` = at its own address.
    pub public_url: Option<Url>,
    /// Where creatives are kept.
    pub cache: CacheConfig,
    /// What SSPs are told after an auction.
    pub notices: NoticesConfig,
    /// Who may look into an auction.
    pub debug: DebugConfig,
    /// What `/metrics` counts.
    pub metrics: MetricsConfig,
    /// What `/status` answers; `None` = what it knows, `Some("")` = nothing.
    pub status_response: Option<String>,
    /// How long a shutdown may take.
    pub grace: Duration,
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`ConfigError`], naming the file or the key.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::unreadable(path, source))?;
        Self::parse(&text)
    }

    /// Reads and checks the text of a file.
    ///
    /// # Errors
    /// [`ConfigError`], naming the key.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let file: file::File = toml::from_str(text)?;
        let catalogue = bidders::catalogue(&file.adapters)?;
        let bidders = bidders::check(file.bidders, &catalogue)?;
        let currency = currency::check(file.currency)?;
        Ok(Self {
            listen: listen::check(&file.listen)?,
            compression: CompressionConfig {
                enabled: file.compression.enabled,
                min_bytes: file.compression.min_bytes,
            },
            auction: limits::check_auction(&file.auction)?,
            floor_fetch: price_floors::check(file.price_floors)?,
            ssp_client: limits::check_client(&file.ssp_client)?,
            tls: tls::check(&file.tls)?,
            stored_imps: stored_imps::check(file.stored_imps, &bidders)?,
            stored_requests: stored_data::check_requests(file.stored_requests)?,
            stored_responses: stored_data::check_responses(file.stored_responses)?,
            profiles: stored_data::check_profiles(file.profiles)?,
            default_request: stored_data::check_default(file.default_request)?,
            stored_data: stored_data::check(&file.stored_data)?,
            accounts: accounts::check(file.accounts, &file.stored_data)?,
            host_schain_node: accounts::check_node(file.host_schain_node)?,
            line_items: house::check(file.house.line_items, &currency)?,
            log_output: log_output::check(file.log_output)?,
            public_url: cache::web_address("listen.public_url", &file.listen.public_url)?,
            cache: cache::check(&file.cache)?,
            notices: after_auction::check_notices(&file.notices)?,
            debug: after_auction::check_debug(&file.debug)?,
            status_response: file.status.response,
            metrics: MetricsConfig {
                max_accounts: file.metrics.max_accounts,
            },
            grace: Duration::from_millis(file.shutdown.grace_ms),
            bidders,
            catalogue,
            currency,
        })
    }
}

#[cfg(test)]
mod tests;
