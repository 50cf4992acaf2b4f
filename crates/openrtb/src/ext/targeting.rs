//! [`Targeting`]: which key-values a request asks for.

use serde::{Deserialize, Serialize};

use crate::{Members, Price};

/// `ext.prebid.targeting` of a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Targeting {
    /// How prices are rounded for `hb_pb`; `medium` if left out.
    #[serde(alias = "priceGranularity", skip_serializing_if = "Option::is_none")]
    pub pricegranularity: Option<PriceGranularity>,
    /// The same for single media types.
    #[serde(
        alias = "mediaTypePriceGranularity",
        skip_serializing_if = "Option::is_none"
    )]
    pub mediatypepricegranularity: Option<MediaTypeGranularity>,
    /// Keys on the best bid of each imp; yes if left out.
    #[serde(alias = "includeWinners", skip_serializing_if = "Option::is_none")]
    pub includewinners: Option<bool>,
    /// Keys on each bidder's best bid, with its code as suffix; yes if left out.
    #[serde(alias = "includeBidderKeys", skip_serializing_if = "Option::is_none")]
    pub includebidderkeys: Option<bool>,
    /// The media type as a key.
    #[serde(alias = "includeFormat", skip_serializing_if = "Option::is_none")]
    pub includeformat: Option<bool>,
    /// A bid under a deal beats any without.
    #[serde(alias = "preferDeals", skip_serializing_if = "Option::is_none")]
    pub preferdeals: Option<bool>,
    /// Keys with suffix on bids under a deal, also where others have none.
    #[serde(alias = "alwaysIncludeDeals", skip_serializing_if = "Option::is_none")]
    pub alwaysincludedeals: Option<bool>,
    /// First part of every key; `hb` if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

/// `mediatypepricegranularity`: by media type.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MediaTypeGranularity {
    /// For banners.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banner: Option<PriceGranularity>,
    /// For videos.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video: Option<PriceGranularity>,
    /// For native ads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native: Option<PriceGranularity>,
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
        precision: Option<i64>,
        /// Ranges, ascending.
        #[serde(default)]
        ranges: Vec<GranularityRange>,
    },
}

/// One range of a granularity. It begins where the one before ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GranularityRange {
    /// Upper end.
    pub max: Price,
    /// Step.
    #[serde(default)]
    pub increment: Price,
}
