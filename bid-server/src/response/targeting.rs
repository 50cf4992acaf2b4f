//! The key-values for the ad server: `hb_pb`, `hb_bidder`, `hb_size`, `hb_deal`, `hb_adid` and the others.

use crate::auction::JudgedBid;
use crate::request::AuctionRequest;
use crate::request::auction_request::TargetingOptions;

/// Gives each fit bid its price bucket, and the best ones their keys.
///
/// The bucket is reported in the tables even where the caller asks for no keys.
pub(crate) fn assign(request: &AuctionRequest, bids: &mut [JudgedBid]) {
    let options = &request.options;
    for bid in bids.iter_mut().filter(|bid| bid.is_fit()) {
        bid.bucket = bid.price.and_then(|price| {
            let (granularities, rounding) = (&options.granularities, options.rounding);
            granularities.bucket(price, bid.media_type, rounding)
        });
        let limit = options.multi_bids.of(&bid.seat);
        let Some(nth) = bid.place_of_bidder.filter(|nth| *nth < limit.max) else {
            continue;
        };
        let Some(name) = limit.name(&bid.seat, nth) else {
            continue;
        };
        if limit.max > 1 {
            bid.target_code = Some(name.clone());
        }
        if let Some(wish) = &options.targeting {
            write(bid, &name, wish, request);
        }
    }
}

/// Keys without suffix on the winner of an imp, with suffix on what stands for a bidder.
fn write(bid: &mut JudgedBid, name: &str, wish: &TargetingOptions, request: &AuctionRequest) {
    let has_deal = bid.deal().is_some();
    let winner = wish.winners && bid.place == Some(0);
    let of_bidder = wish.bidder_keys || (wish.always_deals && has_deal);
    for (key, value) in values(bid, name, wish, request) {
        if winner {
            bid.targeting
                .insert(request.options.key_form.plain(key), value.clone());
        }
        if of_bidder {
            // Where two keys are cut to the same, the first one stays.
            let key = request.options.key_form.of_bidder(key, name);
            bid.targeting.entry(key).or_insert(value);
        }
    }
}

/// In the order of importance; empty ones are left out.
fn values(
    bid: &JudgedBid,
    name: &str,
    wish: &TargetingOptions,
    request: &AuctionRequest,
) -> Vec<(&'static str, String)> {
    let size = bid.bid.size().map(|(w, h)| format!("{w}x{h}"));
    let cached = bid.cached.as_ref();
    let format = wish.format.then(|| bid.media_type.name().to_owned());
    let all = [
        ("_pb", bid.bucket.clone()),
        ("_bidder", Some(name.to_owned())),
        ("_size", size),
        ("_deal", bid.deal().map(str::to_owned)),
        ("_adid", request.options.adid.then(|| bid.adid.clone())),
        ("_cache_id", cached.and_then(|cached| cached.bid_id.clone())),
        ("_uuid", cached.and_then(|cached| cached.vast_id.clone())),
        ("_cache_host", cached.map(|cached| cached.host.clone())),
        ("_cache_path", cached.map(|cached| cached.path.clone())),
        ("_format", format),
        ("_env", wish.env.map(str::to_owned)),
    ];
    let present = all
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)));
    present.collect()
}

#[cfg(test)]
mod tests;
