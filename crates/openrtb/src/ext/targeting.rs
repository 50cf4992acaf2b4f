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
    /// Keys on each bidder's best bid, with the bidder's code as suffix; yes if left out.
    #[serde(alias = "includeBidderKeys", skip_serializing_if = "Option::is_none")]
    pub includebidderkeys: Option<bool>,
    /// The media type as a key.
    #[serde(alias = "includeFormat", skip_serializing_if = "Option::is_none")]
    pub includeformat: Option<bool>,
    /// A bid with a deal beats any bid without one.
    #[serde(alias = "preferDeals", skip_serializing_if = "Option::is_none")]
    pub preferdeals: Option<bool>,
    /// Keys with a suffix on bids with a deal, even if other bids get none.
    #[serde(alias = "alwaysIncludeDeals", skip_serializing_if = "Option::is_none")]
    pub alwaysincludedeals: Option<bool>,
    /// The first part of every key; `hb` if left out.
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

/// How prices are rounded: by a named table, or by one that is given in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PriceGranularity {
    /// `low`, `medium`, `high`, `auto` or `dense`.
    Preset(String),
    /// Ranges, each with its own step.
    Custom {
        /// Decimal places; 2 if left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        precision: Option<i64>,
        /// Ranges, ascending.
        #[serde(default)]
        ranges: Vec<GranularityRange>,
    },
}

/// One range of a granularity. It begins where the previous one ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GranularityRange {
    /// Upper end.
    pub max: Price,
    /// Step.
    #[serde(default)]
    pub increment: Price,
}
