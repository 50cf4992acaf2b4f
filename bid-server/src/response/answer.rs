//! Puts the answer together.

use std::collections::BTreeMap;

use openrtb::ext::{ExtMessage, ResponseExt, ResponsePrebid};
use serde_json::Value;

use super::wire::Answer;
use super::{DebugConfig, ad_server_targeting, debug, echo, seat_bid, seat_non_bid};
use crate::bidders::CallReport;
use crate::bidders::registry::Registry;
use crate::remark::{GENERAL, Remark, code};
use crate::request::AuctionRequest;
use crate::request::auction_request::DebugLevel;
use crate::request::tmax::whole_ms;
use crate::settle::SettledAuction;
use crate::settle::creative_cache::CreativeCache;

/// What writing answers needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WriteResources<'a> {
    /// Knows which bidders' calls may be shown.
    pub(crate) registry: &'a Registry,
    /// Where kept creatives can be fetched.
    pub(crate) cache: &'a CreativeCache,
    /// How much debugging information an answer may contain.
    pub(crate) debug: &'a DebugConfig,
}

/// By bidder, or under `general`.
type Messages = BTreeMap<String, Vec<ExtMessage>>;

/// Writes the answer; without fit bids it has no `seatbid`, which clients read as "no bids".
///
/// The bids move from the auction into the answer; calls stay, for the report.
pub(crate) fn write(
    resources: WriteResources<'_>,
    request: &AuctionRequest,
    settled: &mut SettledAuction,
) -> Answer {
    let debug = debug_of(resources, request, settled);
    let ext = ext(request, settled, debug);
    let bids = std::mem::take(&mut settled.bids);
    let mut seatbid = seat_bid::write(bids, request, resources.cache);
    let cut = echo::add(&mut seatbid, &request.imps);
    let mut response = Answer {
        seatbid,
        id: request.shared.id.clone(),
        cur: Some(request.currency.clone()),
        ext: Some(ext),
        ..Answer::default()
    };
    let options = &request.options;
    if cut {
        let text =
            "some bids come without what was to be passed through: the answer would be too large";
        warn(&mut response, code::UNKNOWN_WARNING, [text.to_owned()]);
    }
    let unfit =
        ad_server_targeting::write(&mut response, &options.ad_server_keys, &options.key_form);
    warn(&mut response, code::AD_SERVER_TARGETING, unfit);
    response
}

/// Adds warnings about the request as a whole.
fn warn(response: &mut Answer, code: i64, texts: impl IntoIterator<Item = String>) {
    let mut texts = texts.into_iter().peekable();
    if texts.peek().is_none() {
        return;
    }
    let ext = response.ext.get_or_insert_default();
    let general = ext.warnings.entry(GENERAL.to_owned()).or_default();
    general.extend(texts.map(|message| ExtMessage { code, message }));
}

/// What a debugging caller sees, and why it may see less than it asked for.
fn debug_of(
    resources: WriteResources<'_>,
    request: &AuctionRequest,
    settled: &mut SettledAuction,
) -> Option<Value> {
    let level = request.bids.debug;
    if level == DebugLevel::Forbidden {
        let text = "the account does not allow debugging";
        let remark = Remark::general(code::ACCOUNT_DEBUG, text);
        settled.warnings.push(remark);
    }
    if !level.is_on() {
        return None;
    }
    let hides = |call: &&CallReport| {
        let bidder = resources.registry.get(&call.bidder);
        level == DebugLevel::On && bidder.is_some_and(|bidder| !bidder.info.debug_allowed)
    };
    for call in settled.calls.iter().filter(hides) {
        let text = "the bidder does not allow debugging";
        let remark = Remark::of_bidder(&call.seat, code::BIDDER_DEBUG, text);
        if !settled.warnings.contains(&remark) {
            settled.warnings.push(remark);
        }
    }
    let cap = resources.debug.max_bytes;
    let (shown, cut) = debug::write(
        request.resolved.as_ref(),
        &settled.calls,
        resources.registry,
        cap,
    );
    if cut {
        let text = format!("debugging is cut to {cap} bytes");
        settled
            .warnings
            .push(Remark::general(code::UNKNOWN_WARNING, text));
    }
    Some(shown)
}

fn ext(request: &AuctionRequest, settled: &SettledAuction, debug: Option<Value>) -> ResponseExt {
    let non_bids = if request.bids.non_bids {
        seat_non_bid::write(request, settled)
    } else {
        Vec::new()
    };
    ResponseExt {
        responsetimemillis: times(settled),
        errors: errors(settled),
        warnings: by_subject(request.warnings.iter().chain(&settled.warnings)),
        tmaxrequest: Some(whole_ms(request.budget.tmax)),
        seatnonbid: non_bids.clone(),
        prebid: Some(ResponsePrebid {
            auctiontimestamp: Some(settled.started_at),
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
fn times(settled: &SettledAuction) -> BTreeMap<String, u64> {
    let mut times = BTreeMap::new();
    for call in &settled.calls {
        let ms = u64::try_from(call.latency.as_millis()).unwrap_or(u64::MAX);
        let time = times.entry(call.seat.to_string()).or_insert(0);
        *time = ms.max(*time);
    }
    times
}

fn errors(settled: &SettledAuction) -> Messages {
    let mut errors = by_subject(&settled.errors);
    for call in &settled.calls {
        for lost in &call.lost {
            let of_bidder = errors.entry(call.seat.to_string()).or_default();
            of_bidder.push(ExtMessage {
                code: code::BAD_ANSWER,
                message: lost.clone(),
            });
        }
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

fn by_subject<'a>(remarks: impl IntoIterator<Item = &'a Remark>) -> Messages {
    let mut messages = Messages::new();
    for remark in remarks {
        let of_subject = messages.entry(remark.subject.clone()).or_default();
        of_subject.push(ExtMessage {
            code: remark.code,
            message: remark.text.clone(),
        });
    }
    messages
}
