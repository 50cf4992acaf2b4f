//! Who can be asked: bidder code to adapter.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::adapter::Adapter;
use super::info::BidderInfo;
use super::openrtb_generic::OpenRtbGeneric;
use crate::config::BidderConfig;

/// A configured bidder.
#[derive(Debug)]
pub(crate) struct Bidder {
    /// Its code, as in the configuration.
    pub(crate) code: Arc<str>,
    /// How it is spoken to.
    pub(crate) adapter: Box<dyn Adapter>,
    /// What else is known about it.
    pub(crate) info: BidderInfo,
    /// Gives up earlier than the auction does.
    pub(crate) timeout: Option<Duration>,
    /// Kept back from the tmax that it is told.
    pub(crate) deduction: Duration,
    /// Nobody waits for it once all others are in.
    pub(crate) secondary: bool,
    /// Whether it is asked at all.
    pub(crate) enabled: bool,
}

/// All configured bidders.
#[derive(Debug)]
pub(crate) struct Registry {
    bidders: BTreeMap<String, Bidder>,
}

impl Registry {
    /// One adapter per configured bidder.
    pub(crate) fn new(config: &BTreeMap<String, BidderConfig>) -> Self {
        let bidder = |(code, settings): (&String, &BidderConfig)| {
            let bidder = Bidder {
                code: Arc::from(code.as_str()),
                adapter: Box::new(OpenRtbGeneric::new(settings.endpoint.clone())),
                info: plain_info(code, settings),
                timeout: settings.timeout,
                deduction: settings.deduction,
                secondary: settings.secondary,
                enabled: settings.enabled,
            };
            (code.clone(), bidder)
        };
        Self {
            bidders: config.iter().map(bidder).collect(),
        }
    }

    /// The bidder of that code.
    pub(crate) fn get(&self, code: &str) -> Option<&Bidder> {
        self.bidders.get(code)
    }

    /// Every bidder that is known, in the order of codes.
    #[expect(
        dead_code,
        reason = "for /info/bidders and /bidders/params, which are being written"
    )]
    pub(crate) fn infos(&self) -> impl Iterator<Item = &BidderInfo> {
        self.bidders.values().map(|bidder| &bidder.info)
    }
}

fn plain_info(code: &str, settings: &BidderConfig) -> BidderInfo {
    BidderInfo {
        code: code.to_owned(),
        enabled: settings.enabled,
        uses_https: settings.endpoint.scheme() == "https",
        debug_allowed: true,
        ..BidderInfo::default()
    }
}
