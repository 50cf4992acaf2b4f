//! Orders the fit bids of each imp: priority, then price; equal ones always in the same order.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use ad_events::outcome::BidOutcome;

use super::JudgedBid;

/// Where SSP bids stand among the priorities of line items: less beats them, more takes what is left.
pub(crate) const SSP_PRIORITY: u8 = 12;

/// Gives each fit bid its place, and the first of each imp the win.
pub(super) fn rank(bids: &mut [JudgedBid], imps: usize) {
    for imp in 0..imps {
        let mut order: Vec<usize> = (0..bids.len())
            .filter(|index| competes(bids, *index, imp))
            .collect();
        order.sort_by(|a, b| match (bids.get(*a), bids.get(*b)) {
            (Some(a), Some(b)) => compare(a, b),
            _ => Ordering::Equal,
        });
        let mut bidders = BTreeSet::new();
        for (place, index) in order.into_iter().enumerate() {
            let Some(bid) = bids.get_mut(index) else {
                continue;
            };
            bid.place = Some(place);
            bid.best_of_bidder = bidders.insert(bid.seat.clone());
            bid.outcome = if place == 0 {
                BidOutcome::Won
            } else {
                BidOutcome::Outbid
            };
        }
    }
}

fn competes(bids: &[JudgedBid], index: usize, imp: usize) -> bool {
    bids.get(index)
        .is_some_and(|bid| bid.imp == Some(imp) && bid.is_fit())
}

/// Best first. A deal goes before an equal price without one; then names decide, never chance.
fn compare(a: &JudgedBid, b: &JudgedBid) -> Ordering {
    a.priority
        .cmp(&b.priority)
        .then_with(|| b.price.cmp(&a.price))
        .then_with(|| a.bid.dealid.is_none().cmp(&b.bid.dealid.is_none()))
        .then_with(|| a.seat.cmp(&b.seat))
        .then_with(|| a.bid.id.cmp(&b.bid.id))
}
