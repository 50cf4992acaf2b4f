//! The bidders that can be asked: from a bidder's code to its adapter.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::ad_generation::AdGeneration;
use super::adapter::Adapter;
use super::catalogue::{AD_GENERATION, Catalogue};
use super::config::{BidderConfig, Dialect};
use super::defined::Defined;
use super::definition::Definition;
use super::info::BidderInfo;
use super::openrtb_generic::OpenRtbGeneric;
use super::secrets::Secrets;
use crate::bidder_names;

/// A configured bidder.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of the configuration, each of its own"
)]
pub(crate) struct Bidder {
    /// Its code, as in the configuration.
    pub(crate) code: Arc<str>,
    /// How we talk to it.
    pub(crate) adapter: Box<dyn Adapter>,
    /// What else is known about it.
    pub(crate) info: BidderInfo,
    /// What debugging callers must not see.
    pub(crate) secrets: Secrets,
    /// How long we wait for it, if that is less than the auction would.
    pub(crate) timeout: Option<Duration>,
    /// Kept back from the tmax that it sees.
    pub(crate) deduction: Duration,
    /// It is not waited for once all others have answered.
    pub(crate) secondary: bool,
    /// Whether it is asked at all.
    pub(crate) enabled: bool,
    /// Whether it may compress its answers.
    pub(crate) compressed_answers: bool,
}

/// All configured bidders, and what is known about the others.
#[derive(Debug)]
pub(crate) struct Registry {
    bidders: BTreeMap<String, Bidder>,
    /// Bidders that only have a definition.
    unconfigured: Vec<BidderInfo>,
}

impl Registry {
    /// Makes one adapter per configured bidder.
    pub(crate) fn new(configured: &BTreeMap<String, BidderConfig>, catalogue: &Catalogue) -> Self {
        let bidder = |(code, settings): (&String, &BidderConfig)| {
            let bidder = Bidder {
                code: Arc::from(code.as_str()),
                adapter: adapter(&settings.dialect),
                info: info(code, settings),
                secrets: settings.secrets.clone(),
                timeout: settings.timeout,
                deduction: settings.deduction,
                secondary: settings.secondary,
                enabled: settings.enabled,
                compressed_answers: settings.compressed_answers,
            };
            (code.clone(), bidder)
        };
        let bidders: BTreeMap<String, Bidder> = configured.iter().map(bidder).collect();
        let others = catalogue
            .codes()
            .filter(|code| bidder_names::find(&bidders, code).is_none());
        // A definition that does not compile shows up in a test, or when a bidder names it.
        let others = others.filter_map(|code| catalogue.compile_unconfigured(code).ok());
        Self {
            unconfigured: others.map(|definition| definition.info).collect(),
            bidders,
        }
    }

    /// The bidder with that code.
    pub(crate) fn get(&self, code: &str) -> Option<&Bidder> {
        bidder_names::find(&self.bidders, code)
    }

    /// Every known bidder: the configured ones, then those that only have a definition.
    pub(crate) fn infos(&self) -> impl Iterator<Item = &BidderInfo> {
        let configured = self.bidders.values().map(|bidder| &bidder.info);
        configured.chain(&self.unconfigured)
    }
}

fn adapter(dialect: &Dialect) -> Box<dyn Adapter> {
    match dialect {
        Dialect::Plain(endpoint) => Box::new(OpenRtbGeneric::new(endpoint.clone())),
        Dialect::Defined(definition) => Box::new(defined(definition)),
        Dialect::InRust(AD_GENERATION, definition) => Box::new(AdGeneration::new(definition)),
        Dialect::InRust(_, definition) => Box::new(defined(definition)),
    }
}

fn defined(definition: &Definition) -> Defined {
    Defined::new(
        definition.plan.clone(),
        definition.info.capabilities.clone(),
    )
}

fn info(code: &str, settings: &BidderConfig) -> BidderInfo {
    let known = match &settings.dialect {
        Dialect::Plain(endpoint) => BidderInfo {
            uses_https: endpoint.scheme() == "https",
            debug_allowed: true,
            ..BidderInfo::default()
        },
        Dialect::Defined(definition) | Dialect::InRust(_, definition) => definition.info.clone(),
    };
    let alias_of = (known.code != code && !known.code.is_empty()).then(|| known.code.clone());
    BidderInfo {
        code: code.to_owned(),
        enabled: settings.enabled,
        alias_of: known.alias_of.clone().or(alias_of),
        ..known
    }
}
