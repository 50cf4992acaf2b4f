//! Checks the bidder: its names, the seats of buyers, and deals.

use ad_events::outcome::BidOutcome;
use openrtb::{Bid, Imp, Members};
use serde_json::Value;

use super::Court;
use crate::bidder_names;

/// Whether the bidder may use that name, and whether the buyer may bid here.
pub(super) fn check(
    asked_as: &str,
    alternate: Option<&str>,
    buyer: Option<&str>,
    court: &Court<'_>,
) -> Result<(), BidOutcome> {
    if let Some(name) = alternate.filter(|name| !bidder_names::same(name, asked_as)) {
        let codes = &court.request.bids.alternate_codes;
        if !codes.allow(asked_as, name) {
            return Err(BidOutcome::SeatBlocked);
        }
    }
    let others = &court.request.shared.other;
    if !is_invited(others, buyer) || names(others, "bseat").any(|seat| Some(seat) == buyer) {
        return Err(BidOutcome::SeatBlocked);
    }
    Ok(())
}

/// OpenRTB 2.6 sections 3.2.11 and 3.2.12: a private auction accepts only bids with one of its deals, and a
/// deal may be limited to certain buyers.
pub(super) fn check_deal(bid: &Bid, buyer: Option<&str>, imp: &Imp) -> Result<(), BidOutcome> {
    let Some(pmp) = &imp.pmp else {
        return Ok(());
    };
    let named = bid.dealid.as_deref().filter(|id| !id.is_empty());
    let mut deals = pmp.deals.iter();
    match deals.find(|deal| Some(deal.id.as_str()) == named) {
        Some(deal) if is_invited(&deal.other, buyer) => Ok(()),
        None if pmp.private_auction != Some(1) => Ok(()),
        _ => Err(BidOutcome::DealNotOffered),
    }
}

/// A list of seats admits only those; without a list, everybody is admitted.
fn is_invited(members: &Members, buyer: Option<&str>) -> bool {
    let mut listed = names(members, "wseat").peekable();
    listed.peek().is_none() || listed.any(|seat| Some(seat) == buyer)
}

fn names<'a>(members: &'a Members, list: &str) -> impl Iterator<Item = &'a str> {
    let list = members.get(list).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}
