//! Asks all bidders at once and stops waiting at the deadline.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Client;
use tokio::time::{Instant, timeout_at};

use super::offers::{Asked, Plan};
use super::{CallFailure, CallReport};
use crate::bidders::adapter::{HttpCall, SspBids};
use crate::bidders::bodies::Bodies;
use crate::bidders::call;
use crate::bidders::registry::Bidder;
use crate::clock;

/// What all calls of an auction share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) client: &'a Client,
    /// Answers that are not there by then are dropped, with their connections.
    pub(super) deadline: Instant,
    /// A longer answer counts as invalid.
    pub(super) max_response_bytes: usize,
}

struct PlannedCall<'a> {
    seat: Arc<str>,
    bidder: &'a Bidder,
    call: HttpCall,
}

/// One report and the bids of each call, in the order of the plan.
pub(super) async fn ask_all(
    plan: &Plan<'_>,
    mut bodies: Bodies<'_>,
    terms: Terms<'_>,
) -> Vec<(CallReport, SspBids)> {
    let mut planned = Vec::with_capacity(plan.asked.len());
    for (name, Asked { bidder, offers }) in &plan.asked {
        let seat: Arc<str> = Arc::from(*name);
        let calls = bidder.adapter.calls(offers, &mut bodies).into_iter();
        planned.extend(calls.map(|call| PlannedCall {
            seat: Arc::clone(&seat),
            bidder,
            call,
        }));
    }
    join_all(planned.into_iter().map(|call| ask(call, terms))).await
}

async fn ask(planned: PlannedCall<'_>, terms: Terms<'_>) -> (CallReport, SspBids) {
    let started = Instant::now();
    let mut report = CallReport {
        seat: planned.seat,
        bidder: Arc::clone(&planned.bidder.code),
        imps: Vec::new(),
        started_at: clock::now_ms(),
        latency: Duration::ZERO,
        failure: None,
    };
    let bids = reply(planned.bidder, &planned.call, started, terms).await;
    report.imps = planned.call.imps;
    report.latency = started.elapsed();
    match bids {
        Ok(bids) => (report, bids),
        Err(failure) => {
            report.failure = Some(failure);
            (report, SspBids::default())
        }
    }
}

async fn reply(
    bidder: &Bidder,
    http: &HttpCall,
    now: Instant,
    terms: Terms<'_>,
) -> Result<SspBids, CallFailure> {
    if now >= terms.deadline {
        return Err(CallFailure::Skipped);
    }
    let own = bidder.timeout.map(|timeout| now + timeout);
    let until = own.map_or(terms.deadline, |own| own.min(terms.deadline));
    let answer = call::send(terms.client, http, terms.max_response_bytes);
    let reply = timeout_at(until, answer)
        .await
        .map_err(|_| CallFailure::TimedOut)??;
    Ok(bidder.adapter.bids(&reply)?)
}
