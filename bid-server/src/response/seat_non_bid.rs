//! Says for every imp that a bidder was offered and gave no fit bid for, why.

use std::collections::BTreeMap;

use openrtb::{NonBid, NonBidReason, SeatNonBid};

use crate::auction::{HeldAuction, JudgedBid};
use crate::request::AuctionRequest;

/// Dropped bids and unanswered offers, by seat.
pub(super) fn write(request: &AuctionRequest, held: &HeldAuction) -> Vec<SeatNonBid> {
    let mut seats: BTreeMap<&str, Vec<NonBid>> = BTreeMap::new();
    let mut add = |seat, impid: &str, code: Option<u16>| {
        let Some(statuscode) = code.and_then(NonBidReason::from_code) else {
            return;
        };
        seats.entry(seat).or_default().push(NonBid {
            impid: impid.to_owned(),
            statuscode,
            ext: None,
        });
    };
    for bid in held.bids.iter().filter(|bid| !JudgedBid::is_fit(bid)) {
        add(&bid.seat, &bid.bid.impid, bid.outcome.non_bid_reason());
    }
    for (call, imp, outcome) in held.unfilled() {
        if let Some(imp) = request.imps.get(imp) {
            add(&call.seat, &imp.imp.id, outcome.non_bid_reason());
        }
    }
    let seats = seats.into_iter().map(|(seat, nonbid)| SeatNonBid {
        seat: seat.to_owned(),
        nonbid,
    });
    seats.collect()
}
