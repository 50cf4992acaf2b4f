//! `[currency]` and `[price_floors]`, checked.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::hosts::AllowedHosts;
use crate::money::currency::RateTable;
use crate::money::price_granularity::PresetScale;

/// `[currency]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencyConfig {
    /// The currency of auctions whose request names none.
    pub default: String,
    /// What named price granularities look like in a currency; in currencies that are left out, as in dollars.
    pub presets: BTreeMap<String, PresetScale>,
    /// The worth of one unit of the first currency in the second.
    pub rates: Arc<RateTable>,
    /// Where fresh rates come from; `None` = nowhere.
    pub source: Option<RateSource>,
}

/// `[currency.source]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateSource {
    /// Where it is.
    pub origin: RateOrigin,
    /// Time between two fetches.
    pub period: Duration,
    /// Older rates are not used; `None` = rates never become too old.
    pub stale_after: Option<Duration>,
    /// The longest time for one fetch.
    pub timeout: Duration,
    /// The largest file.
    pub max_bytes: usize,
    /// The contents of a local file at the start.
    pub initial: Option<Arc<RateTable>>,
}

/// Where rates come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RateOrigin {
    /// On the network.
    Url(Url),
    /// On this machine.
    File(PathBuf),
}

impl CurrencyConfig {
    /// What named price granularities look like in a currency.
    pub(crate) fn preset_scale(&self, currency: &str) -> PresetScale {
        self.presets.get(currency).copied().unwrap_or_default()
    }
}

/// `[price_floors]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FloorFetchConfig {
    /// Whether floor rules are used, for any account.
    pub enabled: bool,
    /// Hosts that they may be fetched from.
    pub(crate) hosts: AllowedHosts,
    /// The most files that are kept.
    pub max_files: usize,
    /// The most bytes of all files together.
    pub max_bytes: usize,
    /// The most fetches at the same time.
    pub max_concurrent: usize,
}

/// Both sections.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MarketConfig<'a> {
    pub(crate) currency: &'a CurrencyConfig,
    pub(crate) floor_fetch: &'a FloorFetchConfig,
}
