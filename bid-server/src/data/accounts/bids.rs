//! Settings for what happens to bids: checks, events, debugging, kept creatives, names of bidders.
//!
//! Their names and meanings are those of Prebid Server's account configuration.

use std::collections::BTreeMap;

use openrtb::MediaType;
use serde::Deserialize;

use crate::bidder_names;

/// What happens if a rule is broken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Enforcement {
    /// Nothing; the rule is not checked.
    Skip,
    /// A warning in the answer.
    Warn,
    /// The bid is dropped.
    #[default]
    Enforce,
}

/// `validations`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Validations {
    /// A banner must have one of the ad unit's sizes, or be no larger than the maximum below.
    pub(crate) banner_creative_max_size: Enforcement,
    /// The largest width, instead of the ad unit's sizes; 0 = the ad unit's sizes count.
    pub(crate) max_creative_width: u32,
    /// The largest height, instead of the ad unit's sizes; 0 = the ad unit's sizes count.
    pub(crate) max_creative_height: u32,
    /// Nothing may load over plain HTTP if `imp.secure` is 1; left out = `auction.require_secure_markup`.
    pub(crate) secure_markup: Option<Enforcement>,
    /// An SSP must answer in a currency that `request.cur` lists.
    pub(crate) response_currency: Enforcement,
}

impl Default for Validations {
    fn default() -> Self {
        Self {
            banner_creative_max_size: Enforcement::Warn,
            max_creative_width: 0,
            max_creative_height: 0,
            secure_markup: None,
            response_currency: Enforcement::Skip,
        }
    }
}

/// `events`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Events {
    /// Whether bids carry the addresses of `/event`; left out = only if the request asks for them.
    pub(crate) enabled: Option<bool>,
}

/// `cache_ttl`: seconds that creatives are kept if neither imp nor bid nor request sets a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CacheTtl {
    banner: Option<i64>,
    video: Option<i64>,
    audio: Option<i64>,
    native: Option<i64>,
}

impl CacheTtl {
    /// The time for a media type.
    pub(crate) fn of(self, media_type: MediaType) -> Option<i64> {
        match media_type {
            MediaType::Banner => self.banner,
            MediaType::Video => self.video,
            MediaType::Audio => self.audio,
            MediaType::Native => self.native,
        }
    }
}

/// `alternatebiddercodes`: other names under which bidders may bid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct AlternateCodes {
    enabled: bool,
    bidders: BTreeMap<String, OfBidder>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct OfBidder {
    enabled: bool,
    allowedbiddercodes: Option<Vec<String>>,
}

impl AlternateCodes {
    /// Whether the bidder may bid under that name.
    pub(crate) fn allow(&self, bidder: &str, name: &str) -> bool {
        let of_bidder = bidder_names::find(&self.bidders, bidder).filter(|of| of.enabled);
        let named = |of: &OfBidder| match &of.allowedbiddercodes {
            None => true,
            Some(codes) => codes
                .iter()
                .any(|code| code == "*" || bidder_names::same(code, name)),
        };
        self.enabled && of_bidder.is_some_and(named)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn other_names_need_permission() {
        let codes = |value| serde_json::from_value::<AlternateCodes>(value).unwrap();
        assert!(!codes(json!({})).allow("a", "x"));
        let of = |allowed| json!({"enabled": true, "bidders": {"a": {"enabled": true, "allowedbiddercodes": allowed}}});
        assert!(codes(of(json!(null))).allow("a", "x"));
        assert!(codes(of(json!(["*"]))).allow("a", "x"));
        assert!(codes(of(json!(["x"]))).allow("a", "x"));
        assert!(codes(of(json!(["X"]))).allow("A", "x"));
        assert!(!codes(of(json!(["y"]))).allow("a", "x"));
        assert!(!codes(of(json!(["x"]))).allow("b", "x"));
        let off = json!({"enabled": false, "bidders": {"a": {"enabled": true}}});
        assert!(!codes(off).allow("a", "x"));
    }
}
