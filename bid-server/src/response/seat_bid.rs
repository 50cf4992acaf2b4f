//! Writes the fit bids, grouped by seat.

use std::collections::BTreeMap;
use std::sync::Arc;

use openrtb::ext::{AnswerBidExt, BidFloors, BidPrebid};
use openrtb::{Bid, Members};
use serde_json::{Value, json};

use super::targeting::{Keys, keys};
use super::wire::{AnswerBid, AnswerSeat};
use crate::clock;
use crate::money::floors::FloorPlan;
use crate::request::{AuctionRequest, ImpIndex};
use crate::settle::creative_cache::CreativeCache;
use crate::settle::{BidEvents, Cached, SettledBid};

/// One seat per bidder, sorted by name.
pub(super) fn write(
    bids: Vec<SettledBid>,
    request: &AuctionRequest,
    cache: &CreativeCache,
) -> Vec<AnswerSeat> {
    let mut seats: BTreeMap<Arc<str>, Vec<AnswerBid>> = BTreeMap::new();
    for mut bid in bids.into_iter().filter(|bid| bid.judged.is_fit()) {
        let seat = Arc::clone(&bid.judged.seat);
        let keys = keys(&bid, request);
        let cached = bid.cached.take();
        let mut bid = wire(bid, keys, request);
        if let (Some(cached), Some(ext)) = (cached, &mut bid.ext) {
            let place = cache_place(&cached, cache);
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

/// A bid as the page gets it, but without key-values. This is what the cache stores.
pub(crate) fn bid_json(bid: &SettledBid, request: &AuctionRequest) -> String {
    let mut wire = wire(bid.clone(), Keys::default(), request);
    // Creatives in AMP pages and apps know only this JSON, and call the address in it when they have won.
    // VAST that reports its own impression does not need a second report.
    if let Some(events) = bid.events.as_ref().filter(|events| events.imp.is_some()) {
        let address = Value::from(events.win.as_str());
        wire.other.insert("wurl".to_owned(), address);
    }
    // Wire types can always be serialised.
    serde_json::to_string(&wire).unwrap_or_default()
}

/// The bid as the page gets it.
fn wire(settled: SettledBid, keys: Keys, request: &AuctionRequest) -> AnswerBid {
    let SettledBid {
        judged,
        adid,
        events,
        ..
    } = settled;
    let mut bid: Bid = judged.bid;
    let mut theirs = bid.ext.take().unwrap_or_default();
    let meta = theirs
        .get_mut("prebid")
        .and_then(|prebid| prebid.get_mut("meta"));
    let meta = meta.map(Value::take);
    for name in AnswerBidExt::OURS {
        theirs.shift_remove(name);
    }
    let prebid = BidPrebid {
        kind: Some(judged.media_type.name().to_owned()),
        targeting: keys.targeting,
        bidid: Some(adid),
        targetbiddercode: keys.target_code,
        floors: judged.imp.and_then(|imp| met(&request.floors, imp)),
        meta: Some(with_adapter(meta, &judged.bidder)),
        other: events.map(events_member).unwrap_or_default(),
    };
    let ext = AnswerBidExt {
        other: theirs,
        origbidcpm: bid.price,
        origbidcur: bid.price.map(|_| Arc::clone(&judged.bid_currency)),
        prebid,
    };
    bid.price = judged.price;
    if request.account.settings.generate_bid_ids {
        bid.id = clock::new_id();
    }
    bid.with_ext(Some(ext))
}

/// Only `meta` is kept of the SSP's own `ext.prebid`, plus the name of the adapter.
fn with_adapter(meta: Option<Value>, bidder: &str) -> Value {
    let mut meta = match meta {
        Some(Value::Object(meta)) => meta,
        _ => Members::new(),
    };
    meta.insert("adaptercode".to_owned(), json!(bidder));
    Value::Object(meta)
}

fn events_member(events: BidEvents) -> Members {
    let mut urls = json!({"win": events.win});
    if let (Some(imp), Some(urls)) = (events.imp, urls.as_object_mut()) {
        urls.insert("imp".to_owned(), Value::from(imp));
    }
    Members::from_iter([("events".to_owned(), urls)])
}

/// The floor that rules set for an imp.
fn met(floors: &FloorPlan, imp: ImpIndex) -> Option<BidFloors> {
    let ruled = imp.of(&floors.imps)?.as_ref()?;
    Some(BidFloors {
        rule: ruled.rule.clone(),
        rule_value: Some(ruled.rule_value),
        value: Some(ruled.value),
        currency: Some(ruled.currency.clone()),
    })
}
