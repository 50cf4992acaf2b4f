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

/// The most bytes of what was compared: it may be a list of the request, and is part of each line.
const LONGEST_COMPARED: usize = 1024;
/// Any further lines about one bidder are counted, not written.
const MOST_LINES: usize = 20;

/// Errors and warnings.
type Remarks = (Vec<Remark>, Vec<Remark>);

/// Why a bid was dropped: the code of its remark, and the reason in words.
type Reason = (i64, &'static str);

/// A line for each dropped bid that no other remark covers.
pub(super) fn remarks(bids: &[JudgedBid], request: &AuctionRequest) -> Remarks {
    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    let mut lines: BTreeMap<&Arc<str>, usize> = BTreeMap::new();
    for bid in bids {
        let Some((code, text)) = reason(bid.outcome) else {
            continue;
        };
        let line = lines.entry(&bid.seat).or_default();
        *line += 1;
        if *line > MOST_LINES {
            continue;
        }
        let (id, imp) = (&bid.bid.id, &bid.bid.impid);
        let mut text = format!("bid {id:?} for imp {imp:?} is dropped: {text}");
        let debug = Some(bid).filter(|_| request.bids.debug.is_on());
        if let Some(compared) = debug.and_then(|bid| compared(bid, request)) {
            let compared = compared.to_string();
            let shown = compared.floor_char_boundary(LONGEST_COMPARED);
            text.push_str("; ");
            text.push_str(compared.get(..shown).unwrap_or_default());
        }
        let remark = Remark::of_bidder(&bid.seat, code, text);
        match code {
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

/// What an answer says about bids that end like this; `None` = it says nothing, or another remark does.
fn reason(outcome: BidOutcome) -> Option<Reason> {
    let wrong = |text| Some((code::BAD_ANSWER, text));
    let unwanted = |text| Some((code::UNKNOWN_WARNING, text));
    match outcome {
        BidOutcome::UnknownImp => wrong("the imp was not offered to this bidder"),
        BidOutcome::InvalidBid => wrong("it needs an id and a price above 0"),
        BidOutcome::NoCreative => wrong("it has neither markup nor a URL that serves it"),
        BidOutcome::MediaTypeNotOffered => wrong("the imp does not offer its media type"),
        BidOutcome::SizeNotAllowed => unwanted("the imp does not take its size"),
        BidOutcome::NotSecure => unwanted("its markup loads over plain HTTP"),
        BidOutcome::Blocked => unwanted("the request blocks the advertiser"),
        BidOutcome::CategoryBlocked => unwanted("the request blocks its category"),
        BidOutcome::AttributeBlocked => unwanted("the imp blocks an attribute of it"),
        BidOutcome::DealNotOffered => unwanted("its deal was not offered to this buyer"),
        BidOutcome::Duplicate => wrong("the bidder gave the same bid before"),
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
        | BidOutcome::ImpOverLimit => None,
    }
}

/// The values whose comparison dropped the bid, for callers that debug; `None` = the reason alone is enough.
fn compared(judged: &JudgedBid, request: &AuctionRequest) -> Option<Value> {
    let bid = &judged.bid;
    let imp = judged.imp.and_then(|imp| request.imp(imp));
    Some(match judged.outcome {
        BidOutcome::InvalidBid => json!({"id": bid.id, "price": bid.price}),
        BidOutcome::NoCreative => json!({"adm": bid.adm, "nurl": bid.nurl}),
        BidOutcome::MediaTypeNotOffered => {
            json!({"mtype": bid.mtype, "offered": imp.map(|imp| kinds(&imp.imp))})
        }
        BidOutcome::SizeNotAllowed => {
            json!({"w": bid.w, "h": bid.h, "allowed": imp.map(|imp| imp.sizes())})
        }
        BidOutcome::Blocked => json!({"adomain": bid.adomain, "badv": request.shared.badv}),
        BidOutcome::CategoryBlocked => json!({"cat": bid.cat, "bcat": request.shared.bcat}),
        BidOutcome::AttributeBlocked => json!({"attr": bid.attr}),
        BidOutcome::DealNotOffered => json!({"dealid": bid.dealid, "seat": judged.buyer}),
        _ => return None,
    })
}

fn kinds(imp: &Imp) -> Vec<&'static str> {
    imp.media_types().map(openrtb::MediaType::name).collect()
}
