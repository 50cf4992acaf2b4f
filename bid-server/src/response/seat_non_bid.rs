//! Says why an offered imp got no fit bid from a bidder, for each such imp and bidder.

use std::collections::BTreeMap;

use openrtb::{NonBid, NonBidReason, SeatNonBid};

use crate::request::AuctionRequest;
use crate::settle::SettledAuction;

/// The most bytes of the list: it is a product of imps and seats, and the answer has it twice.
const MOST_BYTES: usize = 512 << 10;
/// What an entry takes besides its imp's id.
const USUAL_ENTRY: usize = 32;

/// Dropped bids and unanswered offers, by seat.
pub(super) fn write(request: &AuctionRequest, settled: &SettledAuction) -> Vec<SeatNonBid> {
    let mut seats: BTreeMap<&str, Vec<NonBid>> = BTreeMap::new();
    let mut left = MOST_BYTES;
    let mut add = |seat, impid: &str, code: Option<u16>| {
        let Some(statuscode) = code.and_then(NonBidReason::from_code) else {
            return;
        };
        let Some(rest) = left.checked_sub(impid.len() + USUAL_ENTRY) else {
            return;
        };
        left = rest;
        seats.entry(seat).or_default().push(NonBid {
            impid: impid.to_owned(),
            statuscode,
            ext: None,
        });
    };
    let bids = settled.bids.iter().map(|bid| &bid.judged);
    for bid in bids.filter(|bid| !bid.is_fit()) {
        add(&bid.seat, &bid.bid.impid, bid.outcome.non_bid_reason());
    }
    for (call, imp, outcome) in settled.unfilled() {
        if let (Some(call), Some(imp)) = (settled.calls.get(call), request.imp(imp)) {
            add(&call.seat, &imp.imp.id, outcome.non_bid_reason());
        }
    }
    let seats = seats.into_iter().map(|(seat, nonbid)| SeatNonBid {
        seat: seat.to_owned(),
        nonbid,
    });
    seats.collect()
}
