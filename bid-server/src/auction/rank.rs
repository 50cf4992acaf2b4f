//! Orders the fit bids of each imp: by priority, then price; ties always in the same order.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use ad_events::outcome::BidOutcome;

use super::{JudgedBid, Rank};
use crate::request::ImpIndex;

/// The place of SSP bids among the priorities of line items: lower numbers beat them, higher ones take what is left.
pub(crate) const SSP_PRIORITY: u8 = 12;

/// What decides besides the price.
#[derive(Debug, Clone, Copy)]
pub(super) struct RankRules {
    /// A bid with a deal beats any bid without one.
    pub(super) prefer_deals: bool,
    /// How many bids of a seat may compete for an imp; `None` = all of them.
    pub(super) limit: Option<usize>,
}

/// Ranks each fit bid, and lets the first one of each imp win.
pub(super) fn rank(bids: &mut [JudgedBid], imps: usize, rules: RankRules) {
    for imp in (0..imps).map(ImpIndex::new) {
        let mut order: Vec<usize> = (0..bids.len())
            .filter(|index| competes(bids, *index, imp))
            .collect();
        order.sort_by(|a, b| match (bids.get(*a), bids.get(*b)) {
            (Some(a), Some(b)) => compare(a, b, rules.prefer_deals),
            _ => Ordering::Equal,
        });
        let mut by_seat: BTreeMap<Arc<str>, usize> = BTreeMap::new();
        let mut of_imp = 0;
        for index in order {
            let Some(bid) = bids.get_mut(index) else {
                continue;
            };
            let of_seat = by_seat.entry(Arc::clone(&bid.seat)).or_default();
            if rules.limit.is_some_and(|limit| *of_seat >= limit) {
                bid.outcome = BidOutcome::OverLimit;
                continue;
            }
            bid.rank = Some(Rank {
                of_imp,
                of_seat: *of_seat,
            });
            bid.outcome = if of_imp == 0 {
                BidOutcome::Won
            } else {
                BidOutcome::Outbid
            };
            *of_seat += 1;
            of_imp += 1;
        }
    }
}

fn competes(bids: &[JudgedBid], index: usize, imp: ImpIndex) -> bool {
    bids.get(index)
        .is_some_and(|bid| bid.imp == Some(imp) && bid.is_fit())
}

/// Best first. At the same price a bid with a deal comes before one without; after that names decide, never chance.
fn compare(a: &JudgedBid, b: &JudgedBid, prefer_deals: bool) -> Ordering {
    let deal = |bid: &JudgedBid| bid.deal().is_none();
    let preferred = |bid: &JudgedBid| prefer_deals && deal(bid);
    a.priority
        .cmp(&b.priority)
        .then_with(|| preferred(a).cmp(&preferred(b)))
        .then_with(|| b.price.cmp(&a.price))
        .then_with(|| deal(a).cmp(&deal(b)))
        .then_with(|| a.seat.cmp(&b.seat))
        .then_with(|| a.bid.id.cmp(&b.bid.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bid(seat: &str, id: &str, price: &str, deal: Option<&str>) -> JudgedBid {
        let mut bid = JudgedBid::sample(seat, price);
        bid.bid.id = id.to_owned();
        bid.bid.dealid = deal.map(str::to_owned);
        bid
    }

    /// Ids in rank order.
    fn order(mut bids: Vec<JudgedBid>, prefer_deals: bool, limit: Option<usize>) -> Vec<String> {
        // The result must not depend on the order in which answers arrived.
        bids.reverse();
        for bid in &mut bids {
            bid.rank = None;
        }
        rank(
            &mut bids,
            1,
            RankRules {
                prefer_deals,
                limit,
            },
        );
        bids.sort_by_key(|bid| bid.rank.map_or(usize::MAX, |rank| rank.of_imp));
        let placed = bids.iter().filter(|bid| bid.rank.is_some());
        placed.map(|bid| bid.bid.id.clone()).collect()
    }

    fn field() -> Vec<JudgedBid> {
        vec![
            bid("beta", "b1", "2", None),
            bid("alpha", "a2", "2", None),
            bid("alpha", "a1", "2", None),
            bid("gamma", "g1", "0.5", Some("d")),
            bid("alpha", "a3", "0.1", None),
        ]
    }

    #[test]
    fn price_decides_then_deal_then_names() {
        assert_eq!(order(field(), false, None), ["a1", "a2", "b1", "g1", "a3"]);
        let mut with_deal = field();
        with_deal.push(bid("omega", "o1", "2", Some("d")));
        assert_eq!(order(with_deal, false, None)[0], "o1");
    }

    #[test]
    fn preferred_deals_win_at_any_price() {
        assert_eq!(order(field(), true, None), ["g1", "a1", "a2", "b1", "a3"]);
    }

    #[test]
    fn the_worst_bids_over_the_limit_are_out() {
        assert_eq!(order(field(), false, Some(1)), ["a1", "b1", "g1"]);
        let mut bids = field();
        let rules = RankRules {
            prefer_deals: false,
            limit: Some(2),
        };
        rank(&mut bids, 1, rules);
        assert_eq!(bids[4].outcome, BidOutcome::OverLimit);
        assert_eq!(bids[1].rank.unwrap().of_seat, 1);
    }
}
