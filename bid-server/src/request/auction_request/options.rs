//! What a caller asks of us in `ext.prebid` and `ext.earlybid`.

use std::collections::BTreeMap;

use openrtb::ext::{RequestExt, RequestPrebid, Targeting};

use crate::response::price_granularity::Granularity;

/// Wishes of the caller.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// Key-values; `None` = not asked for.
    pub(crate) targeting: Option<TargetingOptions>,
    /// `hb_adid` too.
    pub(crate) adid: bool,
    /// The caller does not want to know why bids are missing.
    pub(crate) without_non_bids: bool,
    /// Other names of bidders, for this request.
    pub(crate) aliases: BTreeMap<String, String>,
    /// Joins the auction with the events of the page.
    pub(crate) page_view_id: Option<String>,
    /// Who asks: `earlybid`, `pbjs`, ...
    pub(crate) channel: Option<String>,
}

/// Which key-values.
#[derive(Debug, Clone)]
pub(crate) struct TargetingOptions {
    /// How prices are rounded.
    pub(crate) granularity: Granularity,
    /// On the best bid of each imp.
    pub(crate) winners: bool,
    /// On the best bid of each bidder, with its code as suffix.
    pub(crate) bidder_keys: bool,
}

impl Options {
    pub(super) fn new(ext: Option<&RequestExt>) -> Self {
        let Some(ext) = ext else {
            return Self::default();
        };
        let prebid = ext.prebid.as_ref();
        let earlybid = ext.earlybid.as_ref();
        let targeting = prebid.and_then(|prebid| prebid.targeting.as_ref());
        Self {
            targeting: targeting.map(TargetingOptions::new),
            adid: earlybid.is_some_and(|earlybid| earlybid.adid),
            without_non_bids: prebid.and_then(|prebid| prebid.returnallbidstatus) == Some(false),
            aliases: prebid
                .map(|prebid| prebid.aliases.clone())
                .unwrap_or_default(),
            page_view_id: earlybid.and_then(|earlybid| earlybid.page_view_id.clone()),
            channel: earlybid
                .map(|_| "earlybid".to_owned())
                .or_else(|| prebid.and_then(channel)),
        }
    }
}

fn channel(prebid: &RequestPrebid) -> Option<String> {
    let name = prebid.other.get("channel")?.get("name")?.as_str()?;
    Some(name.chars().take(40).collect())
}

impl TargetingOptions {
    fn new(wish: &Targeting) -> Self {
        let granularity = wish.pricegranularity.as_ref();
        Self {
            // Validation has refused what cannot be read.
            granularity: granularity
                .and_then(|wire| Granularity::from_wire(wire).ok())
                .unwrap_or_default(),
            winners: wish.includewinners.unwrap_or(true),
            bidder_keys: wish.includebidderkeys.unwrap_or(true),
        }
    }
}
