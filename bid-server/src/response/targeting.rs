//! The key-values for the ad server: `hb_pb`, `hb_bidder`, `hb_size`, `hb_deal`, `hb_adid` and the others.

use std::collections::BTreeMap;

use crate::request::AuctionRequest;
use crate::request::auction_request::TargetingOptions;
use crate::settle::SettledBid;

/// What the ad server is told about a bid.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// The key-values.
    pub(super) targeting: BTreeMap<String, String>,
    /// The name under which they appear, if the bidder may have several bids.
    pub(super) target_code: Option<String>,
}

/// The keys of a fit bid; only the best bids of a bidder have any.
pub(super) fn keys(bid: &SettledBid, request: &AuctionRequest) -> Keys {
    let seat = &bid.judged.seat;
    let limit = request.options.multi_bids.of(seat);
    let nth = bid.judged.rank.map(|rank| rank.of_seat);
    let nth = nth.filter(|nth| *nth < limit.max);
    let Some(name) = nth.and_then(|nth| limit.name(seat, nth)) else {
        return Keys::default();
    };
    let wanted = request.options.targeting.as_ref();
    Keys {
        targeting: wanted.map_or_else(BTreeMap::new, |wanted| write(bid, &name, wanted, request)),
        target_code: (limit.max > 1).then_some(name),
    }
}

/// Keys without a suffix for the winner of an imp, keys with a suffix for a bidder's own bid.
fn write(
    bid: &SettledBid,
    name: &str,
    wanted: &TargetingOptions,
    request: &AuctionRequest,
) -> BTreeMap<String, String> {
    let mut targeting = BTreeMap::new();
    let has_deal = bid.judged.deal().is_some();
    let winner = wanted.winners && bid.judged.is_winner();
    let of_bidder = wanted.bidder_keys || (wanted.always_deals && has_deal);
    // Most bids neither win nor have keys of their own.
    if !winner && !of_bidder {
        return targeting;
    }
    for (key, value) in values(bid, name, wanted, request) {
        if winner {
            targeting.insert(request.options.key_form.plain(key), value.clone());
        }
        if of_bidder {
            // If two keys are cut to the same text, the first one stays.
            let key = request.options.key_form.of_bidder(key, name);
            targeting.entry(key).or_insert(value);
        }
    }
    targeting
}

/// In order of importance; empty values are left out.
fn values(
    bid: &SettledBid,
    name: &str,
    wanted: &TargetingOptions,
    request: &AuctionRequest,
) -> Vec<(&'static str, String)> {
    let size = bid.judged.bid.size().map(|(w, h)| format!("{w}x{h}"));
    let cached = bid.cached.as_ref();
    let format = wanted
        .format
        .then(|| bid.judged.media_type.name().to_owned());
    let all = [
        ("_pb", bid.bucket.clone()),
        ("_bidder", Some(name.to_owned())),
        ("_size", size),
        ("_deal", bid.judged.deal().map(str::to_owned)),
        ("_adid", request.options.adid.then(|| bid.adid.clone())),
        ("_cache_id", cached.and_then(|cached| cached.bid_id.clone())),
        ("_uuid", cached.and_then(|cached| cached.vast_id.clone())),
        ("_cache_host", cached.map(|cached| cached.host.clone())),
        ("_cache_path", cached.map(|cached| cached.path.clone())),
        ("_format", format),
        ("_env", wanted.env.map(str::to_owned)),
    ];
    let present = all
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)));
    present.collect()
}

#[cfg(test)]
mod tests;
