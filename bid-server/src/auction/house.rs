//! The publisher's own campaigns, as one more bidder in the same auction: no call, no round trip.

mod config;
mod creative;
mod pattern;
mod select;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

use super::offered_bid::{OfferedBid, Origin};
use crate::request::AuctionRequest;

pub(crate) use config::Content;
pub use config::{CreativeConfig, LineItemConfig};
pub(crate) use creative::expand;
pub use pattern::Patterns;

/// Seat and bidder code of all line items.
pub(crate) const HOUSE: &str = "house";

/// At most one bid per imp: the best line item that fits.
pub(super) fn offers<'a>(
    request: &'a AuctionRequest,
    line_items: &'a [LineItemConfig],
    now: DateTime<Utc>,
) -> impl Iterator<Item = OfferedBid> + use<'a> {
    let site = request.shared.site.as_ref();
    let page = site.and_then(|site| site.page.as_deref());
    let path = page
        .and_then(|page| Url::parse(page).ok())
        .map(|url| url.path().to_owned());
    let code: Arc<str> = Arc::from(HOUSE);
    let currency: Arc<str> = Arc::from(request.currency.as_str());
    request.imps.iter().filter_map(move |imp| {
        let page = select::Page {
            path: path.as_deref(),
            now,
        };
        let pick = select::best(line_items, imp, page, &request.currency, &request.exchange)?;
        Some(OfferedBid {
            origin: Origin::House,
            asked_as: Arc::clone(&code),
            bidder: Arc::clone(&code),
            alternate: None,
            buyer: None,
            bid: creative::bid(&pick, &imp.imp.id),
            currency: Arc::clone(&currency),
            bidid: None,
            priority: pick.item.priority,
            started_at: now.timestamp_millis(),
            latency: Duration::ZERO,
        })
    })
}
