//! [`BidPrebid`]: `ext.prebid` of a bid.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Members, Price};

/// What we say about a bid.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BidPrebid {
    /// Media type by name.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Key-values for the ad server.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub targeting: BTreeMap<String, String>,
    /// Id by which the page asks for the creative (`hb_adid`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bidid: Option<String>,
    /// The name under which the keys appear, if a bidder has several bids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targetbiddercode: Option<String>,
    /// The floor that the bid met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floors: Option<BidFloors>,
    /// Facts about advertiser and adapter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<Value>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

/// `ext.prebid.floors` of a bid.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BidFloors {
    /// The rule that matched, in lower case.
    #[serde(rename = "floorRule", skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The value of the rule.
    #[serde(rename = "floorRuleValue", skip_serializing_if = "Option::is_none")]
    pub rule_value: Option<Price>,
    /// The floor.
    #[serde(rename = "floorValue", skip_serializing_if = "Option::is_none")]
    pub value: Option<Price>,
    /// Currency of both.
    #[serde(rename = "floorCurrency", skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}
