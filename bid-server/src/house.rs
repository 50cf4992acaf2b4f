//! The publisher's own campaigns, as one more bidder in the same auction: no call, no round trip.

mod creative;
mod pattern;
mod select;

use std::sync::Arc;
use std::time::Duration;

use ad_events::outcome::BidOutcome;
use chrono::{DateTime, Utc};
use openrtb::MediaType;
use url::Url;

use crate::auction::JudgedBid;
use crate::clock;
use crate::config::Config;
use crate::request::AuctionRequest;

pub(crate) use creative::expand;

/// Seat and bidder code of all line items.
pub(crate) const HOUSE: &str = "house";

/// At most one bid per imp: the best line item that fits. Floors are for buyers and do not bind it.
pub(crate) fn bids<'a>(
    request: &'a AuctionRequest,
    config: &'a Config,
    now: DateTime<Utc>,
    started_at: i64,
) -> impl Iterator<Item = JudgedBid> + use<'a> {
    let place = request
        .shared
        .site
        .as_ref()
        .and_then(|site| site.page.as_deref());
    let path = place
        .and_then(|page| Url::parse(page).ok())
        .map(|url| url.path().to_owned());
    let code: Arc<str> = Arc::from(HOUSE);
    let imps = request.imps.iter().enumerate();
    imps.filter_map(move |(index, imp)| {
        let page = select::Page {
            path: path.as_deref(),
            now,
        };
        let pick = select::best(
            &config.line_items,
            imp,
            page,
            &request.currency,
            &request.exchange,
        )?;
        Some(JudgedBid {
            seat: Arc::clone(&code),
            bidder: Arc::clone(&code),
            buyer: None,
            imp: Some(index),
            bid: creative::bid(&pick, &imp.imp.id),
            came_with_markup: true,
            media_type: MediaType::Banner,
            bid_currency: Arc::from(request.currency.as_str()),
            bidid: None,
            price: Some(pick.price),
            floor: None,
            priority: pick.item.priority,
            started_at,
            latency: Duration::ZERO,
            outcome: BidOutcome::Outbid,
            place: None,
            place_of_bidder: None,
            target_code: None,
            cached: None,
            adid: clock::new_id(),
            bucket: None,
            events: None,
            targeting: Default::default(),
        })
    })
}
