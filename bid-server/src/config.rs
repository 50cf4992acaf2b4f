//! Checked settings. The file is read in two stages: [`mod@file`] takes the TOML as it is written and refuses
//! unknown keys; the types here are what the rest of the program sees.
//!
//! Every fault names its key, and any fault stops the start. `config/bid-server.toml` lists all keys with
//! their defaults; a test enforces that.

mod accounts;
mod after_auction;
mod bidders;
mod cache;
mod check;
mod currency;
mod error;
mod file;
mod house;
mod http;
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

use openrtb::Members;
use url::Url;

use crate::auction::house::LineItemConfig;
use crate::bidders::catalogue::Catalogue;
use crate::bidders::config::BidderConfig;
use crate::bidders::ssp_client::SspClientConfig;
use crate::data::accounts::{AccountsConfig, MetricsConfig};
use crate::data::market::{CurrencyConfig, FloorFetchConfig, MarketConfig};
use crate::data::stored::{StoredDataConfig, StoredSections};
use crate::data::tls::TlsConfig;
use crate::log_output::LogOutputConfig;
use crate::request::{self, AuctionConfig};
use crate::response::DebugConfig;
use crate::settle::bid_notices::NoticesConfig;
use crate::settle::creative_cache::CacheConfig;
pub use error::ConfigError;
pub use http::{CompressionConfig, ListenConfig, StatusAnswer};

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
    /// Whether floor rules are used, and where they may be fetched from.
    pub floor_fetch: FloorFetchConfig,
    /// The HTTP client that calls SSPs.
    pub ssp_client: SspClientConfig,
    /// The authorities that https calls trust.
    pub tls: TlsConfig,
    /// SSPs by code.
    pub bidders: BTreeMap<String, BidderConfig>,
    /// The definitions of adapters that bidders may name.
    pub(crate) catalogue: Catalogue,
    /// The stored data in this file: what requests may name instead of sending it.
    pub stored: StoredSections,
    /// Where other stored data comes from.
    pub stored_data: StoredDataConfig,
    /// Whose auctions are held, and how.
    pub accounts: AccountsConfig,
    /// Appended to every supply chain; `None` = nothing is appended.
    pub host_schain_node: Option<Members>,
    /// The publisher's own campaigns.
    pub line_items: Vec<LineItemConfig>,
    /// Where rows about auctions go; `None` = nowhere.
    pub log_output: Option<LogOutputConfig>,
    /// Where pages, players and SSPs can reach the public listener; `None` = at its own address.
    pub public_url: Option<Url>,
    /// Where creatives are kept.
    pub cache: CacheConfig,
    /// What SSPs are told after an auction.
    pub notices: NoticesConfig,
    /// Who may look into an auction.
    pub debug: DebugConfig,
    /// What `/metrics` counts.
    pub metrics: MetricsConfig,
    /// What `/status` answers.
    pub status_answer: StatusAnswer,
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
            stored: StoredSections {
                imps: stored_imps::check(file.stored_imps, &bidders)?,
                requests: stored_data::check_requests(file.stored_requests)?,
                responses: stored_data::check_responses(file.stored_responses)?,
                profiles: stored_data::check_profiles(file.profiles)?,
                default_request: stored_data::check_default(file.default_request)?,
            },
            stored_data: stored_data::check(&file.stored_data)?,
            accounts: accounts::check(file.accounts, &file.stored_data)?,
            host_schain_node: accounts::check_node(file.host_schain_node)?,
            line_items: house::check(file.house.line_items, &currency)?,
            log_output: log_output::check(file.log_output)?,
            public_url: cache::web_address("listen.public_url", &file.listen.public_url)?,
            cache: cache::check(&file.cache)?,
            notices: after_auction::check_notices(&file.notices)?,
            debug: after_auction::check_debug(&file.debug)?,
            status_answer: after_auction::check_status(file.status),
            metrics: MetricsConfig {
                max_accounts: file.metrics.max_accounts,
            },
            grace: Duration::from_millis(file.shutdown.grace_ms),
            bidders,
            catalogue,
            currency,
        })
    }

    /// What a request is read with.
    pub(crate) fn request(&self) -> request::RequestSettings<'_> {
        request::RequestSettings {
            limits: &self.auction,
            currency: &self.currency,
            trusted_proxies: &self.listen.trusted_proxies,
            debug_secret: self.debug.override_secret.as_deref(),
            host_schain_node: self.host_schain_node.as_ref(),
            fetch_timeout: self.stored_data.fetch_timeout,
            cache_time: self.cache.is_away().then_some(self.cache.timeout),
            bidders: &self.bidders,
        }
    }

    /// Where exchange rates and floors come from.
    pub(crate) fn market(&self) -> MarketConfig<'_> {
        MarketConfig {
            currency: &self.currency,
            floor_fetch: &self.floor_fetch,
        }
    }
}

#[cfg(test)]
mod tests;
