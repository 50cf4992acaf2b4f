//! Puts the answer together.

use std::collections::BTreeMap;

use openrtb::ext::{ExtMessage, ResponseExt, ResponsePrebid};
use serde_json::Value;

use super::wire::Answer;
use super::{ad_server_targeting, debug, echo, seat_bid, seat_non_bid};
use crate::app::App;
use crate::auction::{CallReport, HeldAuction};
use crate::notice::{Notice, code};
use crate::request::AuctionRequest;
use crate::request::auction_request::DebugLevel;
use crate::request::tmax::whole_ms;

/// By bidder, or under `general`.
type Messages = BTreeMap<String, Vec<ExtMessage>>;

/// The answer; without fit bids it has no `seatbid`, which clients take as "no bids".
pub(crate) fn write(app: &App, request: AuctionRequest, mut held: HeldAuction) -> Answer {
    let debug = debug_of(app, &request, &mut held);
    let ext = ext(&request, &held, debug);
    let mut seatbid = seat_bid::write(held.bids, &request, app);
    echo::add(&mut seatbid, &request.imps);
    let id = request.shared.id;
    let mut response = Answer {
        seatbid,
        id,
        cur: Some(request.currency),
        ext: Some(ext),
        ..Answer::default()
    };
    let options = &request.options;
    ad_server_targeting::write(&mut response, &options.ad_server_keys, &options.key_form);
    response
}

/// What a debugging caller sees, and why it may see less than it asked for.
fn debug_of(app: &App, request: &AuctionRequest, held: &mut HeldAuction) -> Option<Value> {
    let level = request.bids.debug;
    if level == DebugLevel::Forbidden {
        let text = "the account does not allow debugging";
        let notice = Notice::general(code::ACCOUNT_DEBUG, text);
        held.warnings.push(notice);
    }
    if !level.is_on() {
        return None;
    }
    let hides = |call: &&CallReport| {
        let bidder = app.registry.get(&call.bidder);
        level == DebugLevel::On && bidder.is_some_and(|bidder| !bidder.info.debug_allowed)
    };
    for call in held.calls.iter().filter(hides) {
        let text = "the bidder does not allow debugging";
        let notice = Notice::about(&call.seat, code::BIDDER_DEBUG, text);
        if !held.warnings.contains(&notice) {
            held.warnings.push(notice);
        }
    }
    let cap = app.config.debug.max_bytes;
    let (shown, cut) = debug::write(request.resolved.as_ref(), &held.calls, cap);
    if cut {
        let text = format!("debugging is cut to {cap} bytes");
        held.warnings
            .push(Notice::general(code::UNKNOWN_WARNING, text));
    }
    Some(shown)
}

fn ext(request: &AuctionRequest, held: &HeldAuction, debug: Option<Value>) -> ResponseExt {
    let non_bids = if request.bids.non_bids {
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
        other: debug
            .into_iter()
            .map(|debug| ("debug".to_owned(), debug))
            .collect(),
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
