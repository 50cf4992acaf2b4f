//! Writes the fit bids, grouped by seat.

use std::collections::BTreeMap;
use std::sync::Arc;

use openrtb::ext::BidPrebid;
use openrtb::{Bid, Members, SeatBid};
use serde_json::{Value, json};

use super::macros::expand;
use crate::auction::JudgedBid;

/// One seat per bidder, in the order of their names.
pub(super) fn write(bids: Vec<JudgedBid>, auction_id: &str) -> Vec<SeatBid> {
    let mut seats: BTreeMap<Arc<str>, Vec<Bid>> = BTreeMap::new();
    for bid in bids.into_iter().filter(JudgedBid::is_fit) {
        let seat = Arc::clone(&bid.seat);
        seats.entry(seat).or_default().push(finish(bid, auction_id));
    }
    let seat_bid = |(seat, bid): (Arc<str>, Vec<Bid>)| SeatBid {
        seat: Some(seat.to_string()),
        bid,
        ..SeatBid::default()
    };
    seats.into_iter().map(seat_bid).collect()
}

fn finish(mut judged: JudgedBid, auction_id: &str) -> Bid {
    let mut bid = std::mem::take(&mut judged.bid);
    // The macros look at the price as it was bid.
    judged.bid.price = bid.price;
    judged.bid.adid.clone_from(&bid.adid);
    judged.bid.impid.clone_from(&bid.impid);
    for text in [&mut bid.adm, &mut bid.nurl, &mut bid.burl]
        .into_iter()
        .flatten()
    {
        if let std::borrow::Cow::Owned(expanded) = expand(text, auction_id, &judged) {
            *text = expanded;
        }
    }
    let mut ext = bid.ext.take().unwrap_or_default();
    if let Some(price) = bid.price {
        ext.insert("origbidcpm".to_owned(), json!(price));
        ext.insert("origbidcur".to_owned(), json!(judged.bid_currency.as_ref()));
    }
    let prebid = prebid(&mut judged, ext.get("prebid"));
    ext.insert("prebid".to_owned(), prebid);
    bid.price = judged.price;
    bid.ext = Some(ext);
    bid
}

/// Our own `ext.prebid`; of the SSP's only `meta` stays, with who adapted it.
fn prebid(judged: &mut JudgedBid, theirs: Option<&Value>) -> Value {
    let meta = theirs.and_then(|theirs| theirs.get("meta")?.as_object().cloned());
    let mut meta = meta.unwrap_or_default();
    meta.insert("adaptercode".to_owned(), json!(judged.bidder.as_ref()));
    let prebid = BidPrebid {
        kind: Some(judged.media_type.name().to_owned()),
        targeting: std::mem::take(&mut judged.targeting),
        bidid: Some(std::mem::take(&mut judged.adid)),
        targetbiddercode: judged.target_code.take(),
        floors: None,
        meta: Some(Value::Object(meta)),
        other: Members::new(),
    };
    serde_json::to_value(prebid).unwrap_or_default()
}
