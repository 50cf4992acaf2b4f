//! Puts the answer together.

use std::collections::BTreeMap;

use openrtb::BidResponse;
use openrtb::ext::{ExtMessage, ResponseExt, ResponsePrebid};

use super::{seat_bid, seat_non_bid};
use crate::auction::HeldAuction;
use crate::request::AuctionRequest;
use crate::request::tmax::whole_ms;

/// Prebid Server's number for a warning without one of its own.
const UNKNOWN_WARNING: i64 = 10_999;

/// The answer; without fit bids it has no `seatbid`, which clients take as "no bids".
pub(crate) fn write(request: AuctionRequest, held: HeldAuction) -> BidResponse {
    let ext = ext(&request, &held);
    let id = request.shared.id;
    BidResponse {
        seatbid: seat_bid::write(held.bids, &id),
        id,
        cur: Some(request.currency),
        ext: Some(ext),
        ..BidResponse::default()
    }
}

fn ext(request: &AuctionRequest, held: &HeldAuction) -> ResponseExt {
    let wanted = !request.options.without_non_bids;
    let non_bids = if wanted {
        seat_non_bid::write(request, held)
    } else {
        Vec::new()
    };
    ResponseExt {
        responsetimemillis: times(held),
        errors: errors(held),
        warnings: warnings(held),
        tmaxrequest: Some(whole_ms(request.budget.tmax)),
        seatnonbid: non_bids.clone(),
        prebid: Some(ResponsePrebid {
            auctiontimestamp: Some(held.started_at),
            seatnonbid: non_bids,
            ..ResponsePrebid::default()
        }),
        ..ResponseExt::default()
    }
}

/// The longest call of each bidder.
fn times(held: &HeldAuction) -> BTreeMap<String, u64> {
    let mut times = BTreeMap::new();
    for call in &held.calls {
        let ms = u64::try_from(call.latency.as_millis()).unwrap_or(u64::MAX);
        let time = times.entry(call.seat.to_string()).or_insert(0);
        *time = ms.max(*time);
    }
    times
}

fn errors(held: &HeldAuction) -> BTreeMap<String, Vec<ExtMessage>> {
    let mut errors: BTreeMap<String, Vec<ExtMessage>> = BTreeMap::new();
    for call in &held.calls {
        if let Some(failure) = &call.failure {
            errors
                .entry(call.seat.to_string())
                .or_default()
                .push(ExtMessage {
                    code: failure.code(),
                    message: failure.to_string(),
                });
        }
    }
    errors
}

fn warnings(held: &HeldAuction) -> BTreeMap<String, Vec<ExtMessage>> {
    let warning = |text: &String| ExtMessage {
        code: UNKNOWN_WARNING,
        message: text.clone(),
    };
    let warnings = held.warnings.iter();
    warnings
        .map(|(name, text)| (name.clone(), vec![warning(text)]))
        .collect()
}
