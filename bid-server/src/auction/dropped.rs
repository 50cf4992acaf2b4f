//! [`remarks`]: one line for each dropped bid, so that nobody has to guess where it went.
//!
//! What the SSP got wrong is an error of its answer; what the request or the account does not want is a
//! warning. Debugging callers also see the values that were compared.

use std::collections::BTreeMap;
use std::sync::Arc;

use ad_events::outcome::BidOutcome;
use openrtb::Imp;
use serde_json::{Value, json};

use super::JudgedBid;
use crate::remark::{Remark, code};
use crate::request::AuctionRequest;

/// The most bytes of what was compared: it may be a list of the request, and stands in each line.
const LONGEST_COMPARED: usize = 1024;
/// Any further lines about one bidder are counted, not written.
const MOST_LINES: usize = 20;

/// Errors and warnings.
type Remarks = (Vec<Remark>, Vec<Remark>);

/// Why a bid was dropped, and what was compared.
struct Reason {
    code: i64,
    text: &'static str,
    compared: Value,
}

/// A line for each dropped bid that no other remark covers.
pub(super) fn remarks(bids: &[JudgedBid], request: &AuctionRequest) -> Remarks {
    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    let mut lines: BTreeMap<&Arc<str>, usize> = BTreeMap::new();
    for bid in bids {
        let Some(reason) = reason(bid, request) else {
            continue;
        };
        let line = lines.entry(&bid.seat).or_default();
        *line += 1;
        if *line > MOST_LINES {
            continue;
        }
        let (id, imp) = (&bid.bid.id, &bid.bid.impid);
        let mut text = format!("bid {id:?} for imp {imp:?} is dropped: {}", reason.text);
        if request.bids.debug.is_on() && !reason.compared.is_null() {
            let compared = reason.compared.to_string();
            let shown = compared.floor_char_boundary(LONGEST_COMPARED);
            text.push_str("; ");
            text.push_str(compared.get(..shown).unwrap_or_default());
        }
        let remark = Remark::of_bidder(&bid.seat, reason.code, text);
        match reason.code {
            code::BAD_ANSWER => errors.push(remark),
            _ => warnings.push(remark),
        }
    }
    for (seat, count) in lines {
        if count > MOST_LINES {
            let text = format!("{} more bids are dropped", count - MOST_LINES);
            warnings.push(Remark::of_bidder(seat, code::UNKNOWN_WARNING, text));
        }
    }
    (errors, warnings)
}

fn reason(judged: &JudgedBid, request: &AuctionRequest) -> Option<Reason> {
    let bid = &judged.bid;
    let imp = judged.imp.and_then(|imp| request.imp(imp));
    let wrong = |text| (code::BAD_ANSWER, text);
    let unwanted = |text| (code::UNKNOWN_WARNING, text);
    let ((code, text), compared) = match judged.outcome {
        BidOutcome::UnknownImp => (wrong("the imp was not offered to this bidder"), Value::Null),
        BidOutcome::InvalidBid => (
            wrong("it needs an id and a price above 0"),
            json!({"id": bid.id, "price": bid.price}),
        ),
        BidOutcome::NoCreative => (
            wrong("it has neither markup nor a URL that serves it"),
            json!({"adm": bid.adm, "nurl": bid.nurl}),
        ),
        BidOutcome::MediaTypeNotOffered => (
            wrong("the imp does not offer its media type"),
            json!({"mtype": bid.mtype, "offered": imp.map(|imp| kinds(&imp.imp))}),
        ),
        BidOutcome::SizeNotAllowed => (
            unwanted("the imp does not take its size"),
            json!({"w": bid.w, "h": bid.h, "allowed": imp.map(|imp| imp.sizes())}),
        ),
        BidOutcome::NotSecure => (unwanted("its markup loads over plain HTTP"), Value::Null),
        BidOutcome::Blocked => (
            unwanted("the request blocks the advertiser"),
            json!({"adomain": bid.adomain, "badv": request.shared.badv}),
        ),
        BidOutcome::CategoryBlocked => (
            unwanted("the request blocks its category"),
            json!({"cat": bid.cat, "bcat": request.shared.bcat}),
        ),
        BidOutcome::AttributeBlocked => (
            unwanted("the imp blocks an attribute of it"),
            json!({"attr": bid.attr}),
        ),
        BidOutcome::DealNotOffered => (
            unwanted("its deal was not offered to this buyer"),
            json!({"dealid": bid.dealid, "seat": judged.buyer}),
        ),
        BidOutcome::Duplicate => (wrong("the bidder gave the same bid before"), Value::Null),
        // These have their own remarks: currencies, floors, transparency, names; or nothing is wrong.
        BidOutcome::Won
        | BidOutcome::Outbid
        | BidOutcome::NoBid
        | BidOutcome::TimedOut
        | BidOutcome::InvalidResponse
        | BidOutcome::Unreachable
        | BidOutcome::Skipped
        | BidOutcome::NotAwaited
        | BidOutcome::CutOff
        | BidOutcome::BelowFloor
        | BidOutcome::BelowDealFloor
        | BidOutcome::NoConversionRate
        | BidOutcome::NotAsked
        | BidOutcome::UnsupportedChannel
        | BidOutcome::UnsupportedMediaType
        | BidOutcome::DsaMissing
        | BidOutcome::SeatBlocked
        | BidOutcome::OverLimit
        | BidOutcome::ImpInvalid
        | BidOutcome::ImpNotStored
        | BidOutcome::ImpOverLimit => return None,
    };
    Some(Reason {
        code,
        text,
        compared,
    })
}

fn kinds(imp: &Imp) -> Vec<&'static str> {
    imp.media_types().map(openrtb::MediaType::name).collect()
}
