//! Finds the line item that fits an imp best.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use openrtb::Price;

use super::{CreativeConfig, LineItemConfig};
use crate::money::currency::Exchange;
use crate::request::auction_request::offered_imp::OfferedImp;

/// The place and the time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) path: Option<&'a str>,
    pub(super) now: DateTime<Utc>,
}

/// A line item with the creative that fits, and its price in the auction's currency.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pick<'a> {
    pub(super) item: &'a LineItemConfig,
    pub(super) creative: &'a CreativeConfig,
    pub(super) price: Price,
}

/// The best item by priority, then price, then id.
pub(super) fn best<'a>(
    items: &'a [LineItemConfig],
    imp: &OfferedImp,
    page: Page<'_>,
    currency: &str,
    exchange: &Exchange,
) -> Option<Pick<'a>> {
    let sizes = imp.sizes();
    let picks = items
        .iter()
        .filter(|item| is_eligible(item, imp, page))
        .filter_map(|item| {
            let mut creatives = item.creatives.iter();
            Some(Pick {
                item,
                creative: creatives.find(|creative| sizes.contains(&(creative.w, creative.h)))?,
                price: exchange.convert(item.price, &item.currency, currency)?,
            })
        });
    picks.min_by_key(|pick| {
        (
            pick.item.priority,
            Reverse(pick.price),
            pick.item.id.as_str(),
        )
    })
}

fn is_eligible(item: &LineItemConfig, imp: &OfferedImp, page: Page<'_>) -> bool {
    let started = item.starts.is_none_or(|starts| starts <= page.now);
    let ended = item.ends.is_some_and(|ends| ends <= page.now);
    started && !ended && item.pages.admit(page.path) && item.ad_units.admit(names(imp))
}

/// The names of an ad unit: slot code, stored imp, tagid, gpid.
fn names(imp: &OfferedImp) -> impl Iterator<Item = &str> {
    let gpid = imp.ext.get("gpid").and_then(|gpid| gpid.as_str());
    let names = [
        Some(imp.imp.id.as_str()),
        imp.stored_id.as_deref(),
        imp.imp.tagid.as_deref(),
        gpid,
    ];
    names.into_iter().flatten()
}

#[cfg(test)]
mod tests;
