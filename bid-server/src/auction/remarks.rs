//! Remarks about bids that were lost over money.

use std::collections::BTreeSet;

use ad_events::outcome::BidOutcome;

use super::JudgedBid;
use crate::remark::{Remark, code};
use crate::request::AuctionRequest;

/// One error for each currency of a bidder that cannot be converted.
pub(super) fn unconverted(bids: &[JudgedBid], request: &AuctionRequest) -> Vec<Remark> {
    let lost = bids
        .iter()
        .filter(|bid| bid.outcome == BidOutcome::NoConversionRate);
    let currencies: BTreeSet<_> = lost.map(|bid| (&bid.seat, &bid.bid_currency)).collect();
    let remarks = currencies.into_iter().map(|(seat, currency)| {
        let text = format!("no exchange rate from {currency} to {}", request.currency);
        Remark::of_bidder(seat, code::NO_CONVERSION_RATE, text)
    });
    remarks.collect()
}

/// One warning for each bid below its floor.
pub(super) fn below_floor(bids: &[JudgedBid], request: &AuctionRequest) -> Vec<Remark> {
    let low = |bid: &&JudgedBid| {
        matches!(
            bid.outcome,
            BidOutcome::BelowFloor | BidOutcome::BelowDealFloor
        )
    };
    let remarks = bids.iter().filter(low).filter_map(|bid| {
        let (price, floor, currency) = (bid.price?, bid.floor?, &request.currency);
        let (id, imp) = (&bid.bid.id, &bid.bid.impid);
        let text = format!(
            "bid {id} for imp {imp} is rejected: {price} {currency} is below the floor of {floor} {currency}"
        );
        Some(Remark::of_bidder(&bid.seat, code::FLOORS, text))
    });
    remarks.collect()
}
