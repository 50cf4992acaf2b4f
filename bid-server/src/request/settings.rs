//! [`RequestSettings`]: what of the configuration a request is read with, and [`KnownBidders`], whom it may name.

use std::fmt::Debug;
use std::time::Duration;

use ipnet::IpNet;
use openrtb::Members;
use serde_json::Value;

use super::AuctionConfig;
use crate::data::market::CurrencyConfig;

/// The bidders that a request can name. They are set up from requests as we know them, so they are
/// known here by what is asked of them alone.
pub(crate) trait KnownBidders: Debug + Sync {
    /// Whether a bidder of that code is configured.
    fn has(&self, code: &str) -> bool;

    /// The same, whatever the case of its letters.
    fn has_in_any_case(&self, code: &str) -> bool;

    /// What is wrong with params for the bidder; `path` leads to them.
    fn faults_of_params(&self, code: &str, params: &Value, path: &str) -> Vec<String>;
}

/// Lent by the configuration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestSettings<'a> {
    /// Times and sizes of an auction.
    pub(crate) limits: &'a AuctionConfig,
    /// Default currency, and how price granularities look in each.
    pub(crate) currency: &'a CurrencyConfig,
    /// Who may say on whose behalf it asks.
    pub(crate) trusted_proxies: &'a [IpNet],
    /// What opens all debugging; `None` = nothing does.
    pub(crate) debug_secret: Option<&'a str>,
    /// Appended to every supply chain.
    pub(crate) host_schain_node: Option<&'a Members>,
    /// Longest wait for stored data.
    pub(crate) fetch_timeout: Duration,
    /// Kept back from SSPs where creatives go to a cache over the network.
    pub(crate) cache_time: Option<Duration>,
    /// Whom it may name.
    pub(crate) bidders: &'a dyn KnownBidders,
}
