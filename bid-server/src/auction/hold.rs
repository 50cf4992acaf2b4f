//! Holds one auction from offers to ranking.

use std::collections::BTreeSet;
use std::sync::Arc;

use ad_events::outcome::BidOutcome;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::check_bid::{Court, Offered, judge};
use super::fanout::{AskContext, Terms, ask_all};
use super::rank::{RankRules, SSP_PRIORITY, rank};
use super::{CallReport, HeldAuction, JudgedBid, offers, remarks, stored_answers};
use crate::bidders::adapter::{SspBid, SspBids};
use crate::bidders::registry::Registry;
use crate::config::Config;
use crate::notice::{Notice, code};
use crate::request::AuctionRequest;
use crate::ssp_client::SspClient;
use crate::{clock, house};

/// What an auction is held with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resources<'a> {
    /// The server's settings.
    pub(crate) config: &'a Config,
    /// Who can be asked.
    pub(crate) registry: &'a Registry,
    /// The one client for all SSPs.
    pub(crate) client: &'a SspClient,
}

/// Asks everybody, waits until the deadline at most, and ranks what came.
///
/// `gone` says that the client has gone away: nobody is waited for any longer.
pub(crate) async fn hold(
    resources: Resources<'_>,
    request: &AuctionRequest,
    gone: &CancellationToken,
) -> HeldAuction {
    let config = resources.config;
    let mut held = HeldAuction {
        started_at: clock::now_ms(),
        ..HeldAuction::default()
    };
    let plan = offers::plan(request, resources.registry);
    let time = request.budget.for_ssps(Instant::now(), &config.auction);
    let terms = Terms {
        client: resources.client,
        deadline: request.budget.wait_until,
        max_response_bytes: config.ssp_client.max_response_bytes,
        gone,
        debug: request.bids.debug,
    };
    let context = AskContext { request, time };
    let stored = stored_answers::of_auction(request);
    let rehearsal = stored.is_some();
    let answers = match stored {
        Some(answers) => answers,
        None => ask_all(&plan, context, terms).await,
    };
    for (report, bids) in answers {
        let court = Court {
            request,
            config,
            seat: &report.seat,
            offered: &report.imps,
        };
        for (bid, notices) in judge_all(bids, &report, &court) {
            held.bids.push(bid);
            held.warnings.extend(notices);
        }
        held.calls.push(report);
    }
    held.errors
        .extend(remarks::unconverted(&held.bids, request));
    held.warnings
        .extend(remarks::below_floor(&held.bids, request));
    // Who names a stored answer wants that one alone.
    if !rehearsal {
        held.bids
            .extend(house::bids(request, config, clock::now(), held.started_at));
    }
    let rules = RankRules {
        prefer_deals: request.options.prefer_deals,
        limit: request.options.bid_limit,
    };
    held.cut_off = gone.is_cancelled();
    rank(&mut held.bids, request.imps.len(), rules);
    let warnings = plan.warnings.iter();
    let not_asked = warnings.map(|(name, text)| Notice::about(name, code::UNKNOWN_WARNING, *text));
    held.warnings.extend(not_asked);
    held
}

fn judge_all<'a>(
    answer: SspBids,
    report: &'a CallReport,
    court: &'a Court<'_>,
) -> impl Iterator<Item = (JudgedBid, Vec<Notice>)> + use<'a> {
    let mut seen = BTreeSet::new();
    let currency: Arc<str> = Arc::from(answer.currency);
    let bidid: Option<Arc<str>> = answer.bidid.map(Arc::from);
    answer.bids.into_iter().map(
        move |SspBid {
                  buyer,
                  seat,
                  mut bid,
              }| {
            let offered = Offered {
                bid: &mut bid,
                currency: &currency,
                buyer: buyer.as_deref(),
                alternate: seat.as_deref(),
            };
            let mut verdict = judge(offered, court);
            // Some SSPs give one bid for several imps: only the same for the same is one too many.
            if !seen.insert((bid.impid.clone(), bid.id.clone())) {
                verdict.outcome = BidOutcome::Duplicate;
            }
            let judged = JudgedBid {
                seat: seat.map_or_else(|| Arc::clone(&report.seat), Arc::from),
                bidder: Arc::clone(&report.bidder),
                buyer,
                imp: verdict.imp,
                came_with_markup: bid.adm.as_ref().is_some_and(|adm| !adm.is_blank()),
                bid,
                media_type: verdict.media_type,
                bid_currency: Arc::clone(&currency),
                bidid: bidid.clone(),
                price: verdict.price,
                floor: verdict.floor,
                priority: SSP_PRIORITY,
                started_at: report.started_at,
                latency: report.latency,
                outcome: verdict.outcome,
                place: None,
                place_of_bidder: None,
                target_code: None,
                cached: None,
                adid: clock::new_id(),
                bucket: None,
                events: None,
                targeting: Default::default(),
            };
            (judged, verdict.notices)
        },
    )
}
