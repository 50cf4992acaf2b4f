//! [`Targeting`]: which key-values a request asks for.

use serde::{Deserialize, Serialize};

use crate::{Members, Price};

/// `ext.prebid.targeting` of a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Targeting {
    /// How prices are rounded for `hb_pb`; `medium` if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pricegranularity: Option<PriceGranularity>,
    /// Keys on the best bid of each imp; yes if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub includewinners: Option<bool>,
    /// Keys on each bidder's best bid, with its code as suffix; yes if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub includebidderkeys: Option<bool>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

/// How prices are rounded: by a named table or by one given in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PriceGranularity {
    /// `low`, `medium`, `high`, `auto` or `dense`.
    Preset(String),
    /// Ranges with a step each.
    Custom {
        /// Digits after the point; 2 if left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        precision: Option<u32>,
        /// Ranges, ascending.
        ranges: Vec<GranularityRange>,
    },
}

/// One range of a granularity. It begins where the one before ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GranularityRange {
    /// Upper end.
    pub max: Price,
    /// Step.
    pub increment: Price,
}
