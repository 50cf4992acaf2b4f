//! [`RequestSettings`]: the settings that a request is read with, and [`KnownBidders`], the bidders it may name.

use std::fmt::Debug;
use std::fmt::Display;
use std::time::Duration;

use ipnet::IpNet;
use openrtb::Members;
use serde_json::Value;

use super::AuctionConfig;
use crate::data::market::CurrencyConfig;

/// The bidders that a request can name. The `bidders` module is built on requests, so it cannot be imported
/// here; this trait has just what requests need to know of it.
pub(crate) trait KnownBidders: Debug + Sync {
    /// Whether a bidder with that code is configured.
    fn has(&self, code: &str) -> bool;

    /// What is wrong with the params for a bidder; `path` leads to them.
    fn faults_of_params(&self, code: &str, params: &Value, path: &dyn Display) -> Vec<String>;
}

/// Borrowed from the configuration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestSettings<'a> {
    /// Times and sizes of an auction.
    pub(crate) limits: &'a AuctionConfig,
    /// The default currency, and what the price granularities look like in each currency.
    pub(crate) currency: &'a CurrencyConfig,
    /// Proxies that are trusted to name the client's address.
    pub(crate) trusted_proxies: &'a [IpNet],
    /// The secret that enables all debugging; `None` = nothing does.
    pub(crate) debug_secret: Option<&'a str>,
    /// Appended to every supply chain.
    pub(crate) host_schain_node: Option<&'a Members>,
    /// The longest wait for stored data.
    pub(crate) fetch_timeout: Duration,
    /// Time kept back from SSPs if creatives go to a cache over the network.
    pub(crate) cache_time: Option<Duration>,
    /// The bidders that a request may name.
    pub(crate) bidders: &'a dyn KnownBidders,
}
