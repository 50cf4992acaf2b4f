//! Holds one auction: from the bidders' answers to the ranking.

use std::collections::BTreeSet;

use ad_events::outcome::BidOutcome;
use chrono::{DateTime, Utc};

use super::house::{self, LineItemConfig};
use super::judge::{Court, judge};
use super::offered_bid::of_answer;
use super::rank::{RankRules, rank};
use super::{HeldAuction, JudgedBid, dropped, remarks};
use crate::bidders::SspAnswers;
use crate::request::{AuctionRequest, ImpIndex};

/// The server's configuration for bids.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules<'a> {
    /// The publisher's own campaigns.
    pub(crate) line_items: &'a [LineItemConfig],
    /// Whether insecure markup is dropped if `imp.secure` is 1.
    pub(crate) require_secure_markup: bool,
}

/// Judges and ranks all bids. The auction began at `started`; `cut_off` = its client has since gone away.
pub(crate) fn hold(
    request: &AuctionRequest,
    answers: SspAnswers,
    rules: Rules<'_>,
    started: DateTime<Utc>,
    cut_off: bool,
) -> HeldAuction {
    let mut held = HeldAuction {
        started_at: started.timestamp_millis(),
        cut_off,
        ..HeldAuction::default()
    };
    for (report, bids) in answers.calls {
        let court = Court {
            request,
            require_secure_markup: rules.require_secure_markup,
            offered: &report.imps,
        };
        let before = held.bids.len();
        for offered in of_answer(bids, &report) {
            let (bid, remarks) = judge(offered, &court);
            held.bids.push(bid);
            held.warnings.extend(remarks);
        }
        mark_duplicates(held.bids.get_mut(before..).unwrap_or_default());
        held.calls.push(report);
    }
    held.errors
        .extend(remarks::unconverted(&held.bids, request));
    held.warnings
        .extend(remarks::below_floor(&held.bids, request));
    let (errors, warnings) = dropped::remarks(&held.bids, request);
    held.errors.extend(errors);
    held.warnings.extend(warnings);
    // A request that names a stored answer wants only that answer.
    if !answers.rehearsed {
        add_line_items(&mut held, request, rules, started);
    }
    let order = RankRules {
        prefer_deals: request.options.prefer_deals,
        limit: request.options.bid_limit,
    };
    rank(&mut held.bids, request.imps.len(), order);
    held.warnings.extend(answers.warnings);
    held
}

/// Marks bids that occur again in the same answer. Some SSPs give one bid for several imps, so only the same bid for
/// the same imp is a duplicate.
fn mark_duplicates(bids: &mut [JudgedBid]) {
    let mut known = BTreeSet::new();
    let ids = bids.iter().map(|bid| (&bid.bid.impid, &bid.bid.id));
    let again: Vec<bool> = ids.map(|ids| !known.insert(ids)).collect();
    for (bid, _) in bids.iter_mut().zip(again).filter(|(_, again)| *again) {
        bid.outcome = BidOutcome::Duplicate;
    }
}

fn add_line_items(
    held: &mut HeldAuction,
    request: &AuctionRequest,
    rules: Rules<'_>,
    started: DateTime<Utc>,
) {
    let imps: Vec<ImpIndex> = request.indexed_imps().map(|(index, _)| index).collect();
    let court = Court {
        request,
        require_secure_markup: rules.require_secure_markup,
        offered: &imps,
    };
    for offered in house::offers(request, rules.line_items, started) {
        let (bid, remarks) = judge(offered, &court);
        held.bids.push(bid);
        held.warnings.extend(remarks);
    }
}
