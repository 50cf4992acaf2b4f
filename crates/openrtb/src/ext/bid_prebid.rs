//! [`BidPrebid`]: `ext.prebid` of a bid.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Members;

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
    /// About advertiser and adapter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<Value>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}
