//! `[bidders.<code>]`, checked.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::definition::Definition;
use super::params_schema::ParamsSchema;
use crate::request::KnownBidders;

/// `[bidders.<code>]`
#[derive(Debug, Clone, PartialEq)]
pub struct BidderConfig {
    /// How it is spoken to.
    pub(crate) dialect: Dialect,
    /// Whether it is asked at all.
    pub enabled: bool,
    /// Gives up earlier than the auction does.
    pub timeout: Option<Duration>,
    /// Kept back from the tmax that it is told.
    pub deduction: Duration,
    /// Nobody waits for it once all others are in.
    pub secondary: bool,
}

/// How a bidder is spoken to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Dialect {
    /// Plain OpenRTB at this address.
    Plain(Url),
    /// As a definition says.
    Defined(Arc<Definition>),
    /// The same, but for requests and replies, which are code.
    InRust(&'static str, Arc<Definition>),
}

impl BidderConfig {
    /// What params must be like.
    pub(crate) fn params_schema(&self) -> Option<&ParamsSchema> {
        match &self.dialect {
            Dialect::Plain(_) => None,
            Dialect::Defined(definition) | Dialect::InRust(_, definition) => {
                definition.params.as_ref()
            }
        }
    }
}

impl KnownBidders for BTreeMap<String, BidderConfig> {
    fn has(&self, code: &str) -> bool {
        self.contains_key(code)
    }

    fn has_in_any_case(&self, code: &str) -> bool {
        self.keys().any(|known| known.eq_ignore_ascii_case(code))
    }

    /// Those of a bidder that is not asked do no harm.
    fn faults_of_params(&self, code: &str, params: &Value, path: &str) -> Vec<String> {
        let bidder = self.get(code).filter(|bidder| bidder.enabled);
        let schema = bidder.and_then(BidderConfig::params_schema);
        schema.map_or_else(Vec::new, |schema| schema.faults(params, path))
    }
}
