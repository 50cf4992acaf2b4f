//! The key-values for the ad server: `hb_pb`, `hb_bidder`, `hb_size`, `hb_deal`, `hb_adid`.

use std::collections::BTreeMap;

use crate::auction::JudgedBid;
use crate::request::auction_request::{AuctionRequest, TargetingOptions};

/// Ad servers cut longer keys, so we do it where the rest of the page can see it.
const MAX_KEY_CHARS: usize = 20;

/// Gives each fit bid its price bucket, and the best ones their keys.
///
/// The bucket is reported in the tables even where the caller asks for no keys.
pub(crate) fn assign(request: &AuctionRequest, bids: &mut [JudgedBid]) {
    let wish = request.options.targeting.as_ref();
    let granularity = wish
        .map(|wish| wish.granularity.clone())
        .unwrap_or_default();
    for bid in bids.iter_mut().filter(|bid| bid.is_fit()) {
        bid.bucket = bid.price.and_then(|price| granularity.bucket(price));
        if let Some(wish) = wish {
            bid.targeting = keys(bid, wish, request.options.adid);
        }
    }
}

fn keys(bid: &JudgedBid, wish: &TargetingOptions, adid: bool) -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    let values = values(bid, adid);
    if wish.winners && bid.place == Some(0) {
        keys.extend(
            values
                .iter()
                .map(|(key, value)| ((*key).to_owned(), value.clone())),
        );
    }
    if wish.bidder_keys && bid.best_of_bidder {
        for (key, value) in values {
            let key: String = format!("{key}_{}", bid.seat)
                .chars()
                .take(MAX_KEY_CHARS)
                .collect();
            // Where two keys are cut to the same, the first one stays.
            keys.entry(key).or_insert(value);
        }
    }
    keys
}

/// In the order of importance; empty ones are left out.
fn values(bid: &JudgedBid, adid: bool) -> Vec<(&'static str, String)> {
    let size = bid.bid.size().map(|(w, h)| format!("{w}x{h}"));
    let deal = bid.bid.dealid.clone().filter(|id| !id.is_empty());
    let all = [
        ("hb_pb", bid.bucket.clone()),
        ("hb_bidder", Some(bid.seat.to_string())),
        ("hb_size", size),
        ("hb_deal", deal),
        ("hb_adid", adid.then(|| bid.adid.clone())),
    ];
    let present = all
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)));
    present.collect()
}
