//! Writes the fit bids, grouped by seat.

use std::collections::BTreeMap;
use std::sync::Arc;

use openrtb::ext::{AnswerBidExt, BidFloors, BidPrebid};
use openrtb::{Bid, Members};
use serde_json::{Value, json};

use super::wire::{AnswerBid, AnswerSeat};
use crate::app::App;
use crate::auction::{Cached, JudgedBid};
use crate::clock;
use crate::creative_cache::CreativeCache;
use crate::floors::FloorPlan;
use crate::request::AuctionRequest;

/// One seat per bidder, in the order of their names.
pub(super) fn write(bids: Vec<JudgedBid>, request: &AuctionRequest, app: &App) -> Vec<AnswerSeat> {
    let mut seats: BTreeMap<Arc<str>, Vec<AnswerBid>> = BTreeMap::new();
    for mut bid in bids.into_iter().filter(JudgedBid::is_fit) {
        let seat = Arc::clone(&bid.seat);
        let cached = bid.cached.take();
        let mut bid = wire(bid, request);
        if let (Some(cached), Some(ext)) = (cached, &mut bid.ext) {
            let place = cache_place(&cached, &app.cache);
            ext.prebid.other.insert("cache".to_owned(), place);
        }
        seats.entry(seat).or_default().push(bid);
    }
    let seat_bid = |(seat, bid): (Arc<str>, Vec<AnswerBid>)| AnswerSeat {
        seat: Some(seat.to_string()),
        bid,
        ..AnswerSeat::default()
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
pub(super) fn wire(mut judged: JudgedBid, request: &AuctionRequest) -> AnswerBid {
    let mut bid: Bid = std::mem::take(&mut judged.bid);
    let mut theirs = bid.ext.take().unwrap_or_default();
    let meta = theirs
        .get_mut("prebid")
        .and_then(|prebid| prebid.get_mut("meta"));
    let meta = meta.map(Value::take);
    for name in AnswerBidExt::OURS {
        theirs.shift_remove(name);
    }
    let ext = AnswerBidExt {
        other: theirs,
        origbidcpm: bid.price,
        origbidcur: bid.price.map(|_| Arc::clone(&judged.bid_currency)),
        prebid: prebid(&mut judged, meta, &request.floors),
    };
    bid.price = judged.price;
    if request.account.settings.generate_bid_ids {
        bid.id = clock::new_id();
    }
    bid.with_ext(Some(ext))
}

/// Our own `ext.prebid`; of the SSP's only `meta` stays, with who adapted it.
fn prebid(judged: &mut JudgedBid, meta: Option<Value>, floors: &FloorPlan) -> BidPrebid {
    let mut meta = match meta {
        Some(Value::Object(meta)) => meta,
        _ => Members::new(),
    };
    meta.insert("adaptercode".to_owned(), json!(judged.bidder.as_ref()));
    let mut other = Members::new();
    if let Some(events) = judged.events.take() {
        let mut urls = json!({"win": events.win});
        if let (Some(imp), Some(urls)) = (events.imp, urls.as_object_mut()) {
            urls.insert("imp".to_owned(), Value::from(imp));
        }
        other.insert("events".to_owned(), urls);
    }
    BidPrebid {
        kind: Some(judged.media_type.name().to_owned()),
        targeting: std::mem::take(&mut judged.targeting),
        bidid: Some(std::mem::take(&mut judged.adid)),
        targetbiddercode: judged.target_code.take(),
        floors: judged.imp.and_then(|imp| met(floors, imp)),
        meta: Some(Value::Object(meta)),
        other,
    }
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
