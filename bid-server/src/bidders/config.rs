//! `[bidders.<code>]`, checked.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::definition::Definition;
use super::params_schema::ParamsSchema;
use super::secrets::Secrets;
use crate::bidder_names;
use crate::request::KnownBidders;

/// `[bidders.<code>]`
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of the configuration, each of its own"
)]
pub struct BidderConfig {
    /// How we talk to it.
    pub(crate) dialect: Dialect,
    /// The operator's secrets that nobody else may see, such as keys in its endpoint.
    pub(crate) secrets: Secrets,
    /// Whether it is asked at all.
    pub enabled: bool,
    /// How long we wait for it, if that is less than the auction would.
    pub timeout: Option<Duration>,
    /// Kept back from the tmax that it sees.
    pub deduction: Duration,
    /// It is not waited for once all others have answered.
    pub secondary: bool,
    /// Whether it is asked to compress its answers.
    pub compressed_answers: bool,
}

/// How we talk to a bidder.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Dialect {
    /// Plain OpenRTB at this address.
    Plain(Url),
    /// As a definition describes.
    Defined(Arc<Definition>),
    /// The same, except for requests and replies, which are Rust code.
    InRust(&'static str, Arc<Definition>),
}

impl BidderConfig {
    /// The schema of its params.
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
        bidder_names::find(self, code).is_some()
    }

    /// The params of a bidder that is not asked do no harm.
    fn faults_of_params(&self, code: &str, params: &Value, path: &dyn Display) -> Vec<String> {
        let bidder = bidder_names::find(self, code).filter(|bidder| bidder.enabled);
        let schema = bidder.and_then(BidderConfig::params_schema);
        schema.map_or_else(Vec::new, |schema| schema.faults(params, path))
    }
}
