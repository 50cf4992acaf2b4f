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
    /// Of an auction whose request names none.
    pub default: String,
    /// How named price granularities look in a currency; those that are left out, as in dollars.
    pub presets: BTreeMap<String, PresetScale>,
    /// Worth of one unit of the first in the second.
    pub rates: Arc<RateTable>,
    /// Where fresh rates come from; `None` = nowhere.
    pub source: Option<RateSource>,
}

/// `[currency.source]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateSource {
    /// Where it is.
    pub origin: RateOrigin,
    /// Between two looks at it.
    pub period: Duration,
    /// Older rates are not used; `None` = they never are too old.
    pub stale_after: Option<Duration>,
    /// Longest time for one fetch.
    pub timeout: Duration,
    /// Largest file.
    pub max_bytes: usize,
    /// What a local file held at the start.
    pub initial: Option<Arc<RateTable>>,
}

/// A place of rates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RateOrigin {
    /// On the network.
    Url(Url),
    /// On this machine.
    File(PathBuf),
}

impl CurrencyConfig {
    /// How named price granularities look in a currency.
    pub(crate) fn preset_scale(&self, currency: &str) -> PresetScale {
        self.presets.get(currency).copied().unwrap_or_default()
    }
}

/// `[price_floors]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FloorFetchConfig {
    /// Whether rules are used, for whatever account.
    pub enabled: bool,
    /// Hosts that may be asked.
    pub(crate) hosts: AllowedHosts,
    /// Most files that are kept.
    pub max_files: usize,
    /// Most bytes of all of them.
    pub max_bytes: usize,
    /// Most fetches at the same time.
    pub max_concurrent: usize,
}

/// Both sections.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MarketConfig<'a> {
    pub(crate) currency: &'a CurrencyConfig,
    pub(crate) floor_fetch: &'a FloorFetchConfig,
}
