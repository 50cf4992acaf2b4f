//! Writes the fit bids, grouped by seat.

use std::collections::BTreeMap;
use std::sync::Arc;

use openrtb::ext::{BidFloors, BidPrebid};
use openrtb::{Bid, Members, SeatBid};
use serde_json::{Value, json};

use crate::app::App;
use crate::auction::{Cached, JudgedBid};
use crate::clock;
use crate::creative_cache::CreativeCache;
use crate::floors::FloorPlan;
use crate::request::AuctionRequest;

/// One seat per bidder, in the order of their names.
pub(super) fn write(bids: Vec<JudgedBid>, request: &AuctionRequest, app: &App) -> Vec<SeatBid> {
    let mut seats: BTreeMap<Arc<str>, Vec<Bid>> = BTreeMap::new();
    for mut bid in bids.into_iter().filter(JudgedBid::is_fit) {
        let seat = Arc::clone(&bid.seat);
        let cached = bid.cached.take();
        let mut bid = wire(bid, request);
        if let Some(cached) = cached {
            let place = cache_place(&cached, &app.cache);
            let ext = bid.ext.get_or_insert_default();
            if let Some(prebid) = ext.get_mut("prebid").and_then(Value::as_object_mut) {
                prebid.insert("cache".to_owned(), place);
            }
        }
        seats.entry(seat).or_default().push(bid);
    }
    let seat_bid = |(seat, bid): (Arc<str>, Vec<Bid>)| SeatBid {
        seat: Some(seat.to_string()),
        bid,
        ..SeatBid::default()
    };
    seats.into_iter().map(seat_bid).collect()
}

/// `bid.ext.prebid.cache`
fn cache_place(cached: &Cached, cache: &CreativeCache) -> Value {
    let mut place = Members::new();
    for (name, id) in [("bids", &cached.bid_id), ("vastXml", &cached.vast_id)] {
        if let Some(id) = id {
            let url = cache.url_of(id);
            place.insert(name.to_owned(), json!({"url": url, "cacheId": id}));
        }
    }
    Value::Object(place)
}

/// The bid as the page gets it.
pub(super) fn wire(mut judged: JudgedBid, request: &AuctionRequest) -> Bid {
    let mut bid = std::mem::take(&mut judged.bid);
    let mut ext = bid.ext.take().unwrap_or_default();
    if let Some(price) = bid.price {
        ext.insert("origbidcpm".to_owned(), json!(price));
        ext.insert("origbidcur".to_owned(), json!(judged.bid_currency.as_ref()));
    }
    let prebid = prebid(&mut judged, ext.get("prebid"), &request.floors);
    ext.insert("prebid".to_owned(), prebid);
    bid.price = judged.price;
    if request.account.settings.generate_bid_ids {
        bid.id = clock::new_id();
    }
    bid.ext = Some(ext);
    bid
}

/// Our own `ext.prebid`; of the SSP's only `meta` stays, with who adapted it.
fn prebid(judged: &mut JudgedBid, theirs: Option<&Value>, floors: &FloorPlan) -> Value {
    let meta = theirs.and_then(|theirs| theirs.get("meta")?.as_object().cloned());
    let mut meta = meta.unwrap_or_default();
    meta.insert("adaptercode".to_owned(), json!(judged.bidder.as_ref()));
    let mut other = Members::new();
    if let Some(events) = judged.events.take() {
        let mut urls = json!({"win": events.win});
        if let (Some(imp), Some(urls)) = (events.imp, urls.as_object_mut()) {
            urls.insert("imp".to_owned(), Value::from(imp));
        }
        other.insert("events".to_owned(), urls);
    }
    let prebid = BidPrebid {
        kind: Some(judged.media_type.name().to_owned()),
        targeting: std::mem::take(&mut judged.targeting),
        bidid: Some(std::mem::take(&mut judged.adid)),
        targetbiddercode: judged.target_code.take(),
        floors: judged.imp.and_then(|imp| met(floors, imp)),
        meta: Some(Value::Object(meta)),
        other,
    };
    serde_json::to_value(prebid).unwrap_or_default()
}

/// The floor that rules gave an imp.
fn met(floors: &FloorPlan, imp: usize) -> Option<BidFloors> {
    let ruled = floors.imps.get(imp)?.as_ref()?;
    Some(BidFloors {
        rule: ruled.rule.clone(),
        rule_value: Some(ruled.rule_value),
        value: Some(ruled.value),
        currency: Some(ruled.currency.clone()),
    })
}
