//! [`AccountSettings`]: what can be set for one account.
//!
//! The settings of each feature are defined in the feature's own module, as a struct that reads from JSON
//! with `#[serde(deny_unknown_fields, default)]`; here they only become members and are checked. A setting
//! that a file leaves out is taken from the default account or, if that has none, is the feature's default.

use std::collections::BTreeMap;

use openrtb::ext::Targeting;
use openrtb::{MediaType, Members};
use serde::Deserialize;
use serde_json::Value;

use super::bids::{AlternateCodes, CacheTtl, Events, Validations};
use crate::money::adjust::Rules;
use crate::money::floors::settings::PriceFloors;
use crate::money::price_granularity::{BidRounding, Granularities, PresetScale};

/// Settings of an account, laid over those of the default account.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AccountSettings {
    /// Its auctions are refused with 503.
    pub(crate) disabled: bool,
    /// The most characters of a targeting key; 0 = 20.
    pub(crate) truncate_target_attr: usize,
    /// What requests for key-values leave open: the form of `ext.prebid.targeting`, without `prefix`.
    pub(crate) targeting: Targeting,
    /// The first part of targeting keys; empty = `hb`. A request's own prefix takes precedence.
    pub(crate) targeting_prefix: String,
    /// What happens to a price between two buckets.
    pub(crate) bid_rounding: BidRounding,
    /// How many bids of a bidder may compete for one imp; 0 = all of them.
    pub(crate) default_bid_limit: usize,
    /// What bids are worth, in the form of `ext.prebid.bidadjustments`, whose rules take precedence over these.
    pub(crate) bidadjustments: Rules,
    /// Rules for bids.
    pub(crate) validations: Validations,
    /// Addresses of `/event` in bids.
    pub(crate) events: Events,
    /// Whether requests may look into their auctions; yes if left out.
    pub(crate) debug_allow: Option<bool>,
    /// How long creatives are kept.
    pub(crate) cache_ttl: CacheTtl,
    /// Other names under which bidders may bid.
    pub(crate) alternatebiddercodes: AlternateCodes,
    /// Every bid in an answer gets an id of ours instead of the SSP's.
    pub(crate) generate_bid_ids: bool,
    /// By bidder: `banner`, `video`, `audio` or `native`, the type it sees of an imp if it takes only one.
    pub(crate) preferredmediatype: BTreeMap<String, String>,
    /// Floor rules.
    pub(crate) price_floors: PriceFloors,
}

impl AccountSettings {
    /// Reads and checks settings; the faults name their keys.
    pub(super) fn read(members: Members) -> Result<Self, String> {
        let settings: Self = serde_path_to_error::deserialize(Value::Object(members))
            .map_err(|error| format!("{}: {}", error.path(), error.inner()))?;
        let faults = settings.faults();
        if faults.is_empty() {
            return Ok(settings);
        }
        Err(faults.join("; "))
    }

    /// Values that have the right type but make no sense, as `key: problem`; one line for each feature here.
    fn faults(&self) -> Vec<String> {
        let mut faults = self.price_floors.faults();
        if let Err(problem) = self.bidadjustments.check() {
            faults.push(format!("bidadjustments: {problem}"));
        }
        faults.extend(self.targeting_faults());
        for (bidder, name) in &self.preferredmediatype {
            if MediaType::from_name(name).is_none() {
                let problem = "must be banner, video, audio or native";
                faults.push(format!("preferredmediatype.{bidder}: {problem}"));
            }
        }
        faults
    }
}

impl AccountSettings {
    fn targeting_faults(&self) -> Vec<String> {
        let (_, faults) = Granularities::read(Some(&self.targeting), PresetScale::default());
        let faults = faults.into_iter();
        let mut faults: Vec<_> = faults
            .map(|(path, problem)| format!("targeting.{path}: {problem}"))
            .collect();
        if self.targeting.prefix.is_some() {
            faults.push("targeting.prefix: is set as targeting_prefix".to_owned());
        }
        let unknown = self.targeting.other.keys();
        faults.extend(unknown.map(|key| format!("targeting.{key}: unknown")));
        faults
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> Result<AccountSettings, String> {
        AccountSettings::read(serde_json::from_value(value).unwrap())
    }

    #[test]
    fn faults_name_their_key() {
        assert_eq!(read(json!({})).unwrap(), AccountSettings::default());
        assert!(
            read(json!({"disabled": "no"}))
                .unwrap_err()
                .starts_with("disabled: ")
        );
        let wrong = read(json!({"preferredmediatype": {"a": "film"}}));
        assert!(wrong.unwrap_err().starts_with("preferredmediatype.a: "));
        let wrong =
            read(json!({"targeting": {"pricegranularity": "coarse", "prefix": "x", "x": 1}}));
        assert_eq!(wrong.unwrap_err().matches("targeting.").count(), 3);
        assert!(
            read(json!({"disbled": true}))
                .unwrap_err()
                .contains("disbled")
        );
    }
}
