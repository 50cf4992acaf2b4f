//! Puts the answer together.

use std::collections::BTreeMap;

use openrtb::BidResponse;
use openrtb::ext::{ExtMessage, ResponseExt, ResponsePrebid};

use super::{ad_server_targeting, echo, seat_bid, seat_non_bid};
use crate::auction::HeldAuction;
use crate::notice::Notice;
use crate::request::AuctionRequest;
use crate::request::tmax::whole_ms;

/// By bidder, or under `general`.
type Messages = BTreeMap<String, Vec<ExtMessage>>;

/// The answer; without fit bids it has no `seatbid`, which clients take as "no bids".
pub(crate) fn write(request: AuctionRequest, held: HeldAuction) -> BidResponse {
    let ext = ext(&request, &held);
    let id = request.shared.id;
    let mut seatbid = seat_bid::write(held.bids, &id);
    echo::add(&mut seatbid, &request.imps);
    let mut response = BidResponse {
        seatbid,
        id,
        cur: Some(request.currency),
        ext: Some(ext),
        ..BidResponse::default()
    };
    let options = &request.options;
    ad_server_targeting::write(&mut response, &options.ad_server_keys, &options.key_form);
    response
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
        warnings: by_subject(request.warnings.iter().chain(&held.warnings)),
        tmaxrequest: Some(whole_ms(request.budget.tmax)),
        seatnonbid: non_bids.clone(),
        prebid: Some(ResponsePrebid {
            auctiontimestamp: Some(held.started_at),
            seatnonbid: non_bids,
            other: echo::of_request(request),
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

fn errors(held: &HeldAuction) -> Messages {
    let mut errors = by_subject(&held.errors);
    for call in &held.calls {
        if let Some(failure) = &call.failure {
            let of_bidder = errors.entry(call.seat.to_string()).or_default();
            of_bidder.push(ExtMessage {
                code: failure.code(),
                message: failure.to_string(),
            });
        }
    }
    errors
}

fn by_subject<'a>(notices: impl IntoIterator<Item = &'a Notice>) -> Messages {
    let mut messages = Messages::new();
    for notice in notices {
        let about = messages.entry(notice.about.clone()).or_default();
        about.push(ExtMessage {
            code: notice.code,
            message: notice.text.clone(),
        });
    }
    messages
}
