//! Asks all bidders at once and stops waiting at the deadline.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Client;
use tokio::time::{Instant, timeout_at};

use super::offers::{Asked, Plan};
use super::{CallFailure, CallReport};
use crate::bidders::adapter::{Ask, Calls, HttpCall, Offer, RefusedOffer, SspBids};
use crate::bidders::bodies::Bodies;
use crate::bidders::registry::Bidder;
use crate::request::AuctionRequest;
use crate::{bidders, clock};

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
    bidder: &'a Bidder,
    ask: Ask<'a>,
    call: HttpCall,
    report: CallReport,
}

/// One report and the bids of each call; those that could not be made come first.
pub(super) async fn ask_all<'a>(
    plan: &'a Plan<'a>,
    context: AskContext<'a>,
    terms: Terms<'a>,
) -> Vec<(CallReport, SspBids)> {
    let mut bodies = Bodies::default();
    let mut planned = Vec::with_capacity(plan.asked.len());
    let mut answers = Vec::new();
    for (name, Asked { bidder, offers }) in &plan.asked {
        let ask = context.ask(offers);
        let Calls { calls, refused } = bidder.adapter.calls(&ask, &mut bodies);
        let blank = blank_report(name, bidder);
        let refused = not_asked(refused, &blank).into_iter();
        answers.extend(refused.map(|report| (report, SspBids::default())));
        planned.extend(calls.into_iter().map(|call| PlannedCall {
            bidder,
            ask,
            call,
            report: blank.clone(),
        }));
    }
    answers.extend(join_all(planned.into_iter().map(|call| send(call, terms))).await);
    answers
}

/// What all bidders are asked with.
#[derive(Debug, Clone, Copy)]
pub(super) struct AskContext<'a> {
    pub(super) request: &'a AuctionRequest,
    /// What SSPs are told.
    pub(super) tmax: i64,
}

impl<'a> AskContext<'a> {
    fn ask(&self, offers: &'a [Offer<'a>]) -> Ask<'a> {
        Ask {
            shared: &self.request.shared,
            imps: &self.request.imps,
            offers,
            tmax: self.tmax,
            money: &self.request.exchange,
        }
    }
}

fn blank_report(name: &str, bidder: &Bidder) -> CallReport {
    CallReport {
        seat: Arc::from(name),
        bidder: Arc::clone(&bidder.code),
        imps: Vec::new(),
        started_at: clock::now_ms(),
        latency: Duration::ZERO,
        failure: None,
    }
}

/// One report per reason.
fn not_asked(refused: Vec<RefusedOffer>, blank: &CallReport) -> Vec<CallReport> {
    let mut reports: Vec<CallReport> = Vec::new();
    for RefusedOffer { imp, why } in refused {
        let failure = Some(CallFailure::NotAsked(why));
        match reports.iter_mut().find(|report| report.failure == failure) {
            Some(report) => report.imps.push(imp),
            None => reports.push(CallReport {
                imps: vec![imp],
                failure,
                ..blank.clone()
            }),
        }
    }
    reports
}

async fn send(planned: PlannedCall<'_>, terms: Terms<'_>) -> (CallReport, SspBids) {
    let started = Instant::now();
    let mut report = planned.report.clone();
    report.started_at = clock::now_ms();
    let bids = reply(&planned, started, terms).await;
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
    planned: &PlannedCall<'_>,
    now: Instant,
    terms: Terms<'_>,
) -> Result<SspBids, CallFailure> {
    if now >= terms.deadline {
        return Err(CallFailure::Skipped);
    }
    let PlannedCall {
        bidder, ask, call, ..
    } = planned;
    let own = bidder.timeout.map(|timeout| now + timeout);
    let until = own.map_or(terms.deadline, |own| own.min(terms.deadline));
    let answer = bidders::call::send(terms.client, call, terms.max_response_bytes);
    let reply = timeout_at(until, answer)
        .await
        .map_err(|_| CallFailure::TimedOut)??;
    Ok(bidder.adapter.bids(ask, call, &reply)?)
}

#[cfg(test)]
mod tests {
    use ad_events::outcome::BidOutcome;

    use super::*;
    use crate::bidders::adapter::Refused;

    #[test]
    fn offers_refused_for_one_reason_share_a_report() {
        let blank = CallReport {
            seat: Arc::from("a"),
            bidder: Arc::from("a"),
            imps: Vec::new(),
            started_at: 0,
            latency: Duration::ZERO,
            failure: None,
        };
        let refused = [
            (0, Refused::MediaType),
            (1, Refused::Unfit("no id".to_owned())),
            (2, Refused::MediaType),
            (3, Refused::Channel),
            (4, Refused::Currency("JPY".to_owned())),
        ];
        let refused = refused.map(|(imp, why)| RefusedOffer { imp, why });
        let reports = not_asked(refused.into(), &blank);
        let seen: Vec<_> = reports
            .iter()
            .map(|report| (&report.imps[..], report.failure.as_ref().unwrap().outcome()))
            .collect();
        let expected = [
            (&[0, 2][..], BidOutcome::UnsupportedMediaType),
            (&[1], BidOutcome::NotAsked),
            (&[3], BidOutcome::UnsupportedChannel),
            (&[4], BidOutcome::NoConversionRate),
        ];
        assert_eq!(seen, expected);
    }
}
