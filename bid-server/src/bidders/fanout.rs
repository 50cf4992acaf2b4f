//! Asks all bidders at once and stops waiting at the deadline.

use axum::http::HeaderValue;
use axum::http::header::ACCEPT_ENCODING;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::adapter::{Ask, Calls, HttpCall, Offer, RefusedOffer, SspBids};
use super::answer_wait::AnswerWait;
use super::bodies::Bodies;
use super::offers::{Asked, Plan};
use super::refused::Refused;
use super::registry::Bidder;
use super::ssp_client::{LinkNote, Listener, Reading, SspClient};
use super::stored_answers::StoredOffer;
use super::{CallFailure, CallReport, CallTrace, call, coding};
use crate::clock;
use crate::request::AuctionRequest;
use crate::request::auction_request::DebugLevel;
use crate::request::tmax::TimeForSsps;

/// What all calls of an auction share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) client: &'a SspClient,
    /// Answers that have not arrived by then are dropped, and their connections are closed.
    pub(super) deadline: Instant,
    /// A longer answer counts as invalid.
    pub(super) max_response_bytes: usize,
    /// Any further calls are not made.
    pub(super) max_calls: usize,
    /// The client has gone away.
    pub(super) gone: &'a CancellationToken,
    /// How much of the calls the caller may see.
    pub(super) debug: DebugLevel,
}

struct PlannedCall<'a> {
    bidder: &'a Bidder,
    ask: Ask<'a>,
    call: HttpCall,
    /// Takes the place of the SSP's answer.
    stored: Option<&'a StoredOffer<'a>>,
    report: CallReport,
}

/// One report per call, with its bids; calls that could not be made come first.
pub(super) async fn ask_all<'a>(
    plan: &'a Plan<'a>,
    context: AskContext<'a>,
    terms: Terms<'a>,
) -> Vec<(CallReport, SspBids)> {
    let mut bodies = Bodies::default();
    let mut planned = Vec::with_capacity(plan.asked.len());
    let mut answers = Vec::new();
    for (name, asked) in &plan.asked {
        let bidder = asked.bidder;
        let blank = CallReport::of(name, bidder);
        for (offers, stored) in parts(asked) {
            // A stored answer takes no time.
            let tmax = context.tmax(bidder).or(stored.map(|_| 1));
            let Some(tmax) = tmax else {
                answers.push((skipped(name, bidder, offers), SspBids::default()));
                continue;
            };
            let ask = context.ask(name, offers, tmax);
            let Calls { calls, refused } = bidder.adapter.calls(&ask, &mut bodies);
            let refused = not_asked(refused, &blank).into_iter();
            answers.extend(refused.map(|report| (report, SspBids::default())));
            for mut call in calls {
                if planned.len() >= terms.max_calls {
                    answers.push((over_limit(&blank, call), SspBids::default()));
                    continue;
                }
                ask_for_compression(bidder, &mut call);
                planned.push(PlannedCall {
                    bidder,
                    ask,
                    call,
                    stored,
                    report: blank.clone(),
                });
            }
        }
    }
    let primary = planned.iter().filter(|call| !call.bidder.secondary);
    let wait = AnswerWait::new(primary.count(), terms.gone);
    let calls = planned.into_iter();
    // Polls only the calls that something has happened to, not all of them each time.
    let mut calls: FuturesOrdered<_> = calls.map(|call| send(call, terms, &wait)).collect();
    while let Some(answer) = calls.next().await {
        answers.push(answer);
    }
    answers
}

/// Asks for compressed answers, unless the operator or the dialect says otherwise.
fn ask_for_compression(bidder: &Bidder, call: &mut HttpCall) {
    let named = call
        .headers
        .iter()
        .any(|(name, _)| *name == ACCEPT_ENCODING);
    if bidder.compressed_answers && !named {
        let codings = HeaderValue::from_static(coding::ASKED_FOR);
        call.headers.push((ACCEPT_ENCODING, codings));
    }
}

/// All offers that the SSP is asked for, then one by one those with a stored answer.
fn parts<'a>(asked: &'a Asked<'a>) -> impl Iterator<Item = Part<'a>> {
    let live = Some((asked.offers.as_slice(), None)).filter(|(offers, _)| !offers.is_empty());
    let stored = asked.stored.iter();
    let stored = stored.map(|stored| (std::slice::from_ref(&stored.offer), Some(stored)));
    live.into_iter().chain(stored)
}

/// Offers for one bidder, and the stored answer for them.
type Part<'a> = (&'a [Offer<'a>], Option<&'a StoredOffer<'a>>);

/// What all bidders are asked with.
#[derive(Debug, Clone, Copy)]
pub(super) struct AskContext<'a> {
    pub(super) request: &'a AuctionRequest,
    /// What is left of the auction's time, and how much of that is kept back.
    pub(super) time: TimeForSsps,
}

impl<'a> AskContext<'a> {
    /// The tmax that the bidder sees; `None` = too little to ask it at all.
    fn tmax(&self, bidder: &Bidder) -> Option<i64> {
        self.time.for_one(bidder.deduction, bidder.timeout)
    }

    fn ask(&self, name: &str, offers: &'a [Offer<'a>], tmax: i64) -> Ask<'a> {
        let (shared, imps) = self.request.view_of(name);
        Ask {
            shared,
            imps,
            offers,
            tmax,
            exchange: &self.request.exchange,
            preferred: self.request.options.preferred_types.of(name),
        }
    }
}

fn skipped(name: &str, bidder: &Bidder, offers: &[Offer<'_>]) -> CallReport {
    CallReport {
        imps: offers.iter().map(|offer| offer.imp).collect(),
        failure: Some(CallFailure::Skipped),
        ..CallReport::of(name, bidder)
    }
}

/// The report of a call beyond the limit.
fn over_limit(blank: &CallReport, call: HttpCall) -> CallReport {
    let why = Refused::Unfit("the auction has too many calls".to_owned());
    CallReport {
        imps: call.imps,
        failure: Some(CallFailure::NotAsked(why)),
        ..blank.clone()
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

async fn send(
    planned: PlannedCall<'_>,
    terms: Terms<'_>,
    wait: &AnswerWait,
) -> (CallReport, SspBids) {
    let started = Instant::now();
    let mut report = planned.report.clone();
    report.started_at = clock::now_ms();
    let shown = match terms.debug {
        DebugLevel::Override => true,
        DebugLevel::On => planned.bidder.info.debug_allowed,
        DebugLevel::Off | DebugLevel::Forbidden => false,
    };
    report.trace = shown.then(|| CallTrace::new(planned.call.clone()));
    let trace = report.trace.as_ref();
    let link = LinkNote::default();
    let reading = Reading {
        cap: terms.max_response_bytes,
        listener: trace.map(|trace| trace.progress.as_ref() as &dyn Listener),
        link: &link,
    };
    let bids = reply(&planned, reading, started, terms, wait).await;
    report.link = link.get();
    report.size = link.size();
    if !planned.bidder.secondary {
        wait.one_is_in();
    }
    report.imps = planned.call.imps;
    report.latency = started.elapsed();
    match bids {
        Ok(mut bids) => {
            report.lost = std::mem::take(&mut bids.lost);
            (report, bids)
        }
        Err(failure) => {
            let late = planned.call.timeout_notice;
            report.timeout_notice = late.filter(|_| failure == CallFailure::TimedOut);
            report.failure = Some(failure);
            (report, SspBids::default())
        }
    }
}

async fn reply(
    planned: &PlannedCall<'_>,
    reading: Reading<'_>,
    now: Instant,
    terms: Terms<'_>,
    wait: &AnswerWait,
) -> Result<SspBids, CallFailure> {
    let PlannedCall {
        bidder, ask, call, ..
    } = planned;
    if let Some(stored) = planned.stored {
        let mut bids = bidder.adapter.bids(ask, call, &stored.reply())?;
        stored.claim(&mut bids);
        return Ok(bids);
    }
    if now >= terms.deadline {
        return Err(CallFailure::Skipped);
    }
    let own = bidder.timeout.map(|timeout| now + timeout);
    let until = own.map_or(terms.deadline, |own| own.min(terms.deadline));
    let answer = call::send(terms.client, call, reading);
    let reply = wait.wait_for(answer, until, bidder.secondary).await??;
    Ok(bidder.adapter.bids(ask, call, &reply)?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ad_events::outcome::BidOutcome;

    use super::*;
    use crate::request::ImpIndex;

    #[test]
    fn offers_refused_for_one_reason_share_a_report() {
        let blank = CallReport::blank(Arc::from("a"), Arc::from("a"));
        let refused = [
            (0, Refused::MediaType),
            (1, Refused::Unfit("no id".to_owned())),
            (2, Refused::MediaType),
            (3, Refused::Channel),
            (4, Refused::Currency("JPY".to_owned())),
        ];
        let refused = refused.map(|(imp, why)| RefusedOffer {
            imp: ImpIndex::new(imp),
            why,
        });
        let reports = not_asked(refused.into(), &blank);
        let seen: Vec<_> = reports
            .iter()
            .map(|report| {
                let outcome = report.failure.as_ref().unwrap().outcome();
                (report.imps.clone(), outcome)
            })
            .collect();
        let imps = |imps: &[usize]| imps.iter().copied().map(ImpIndex::new).collect();
        let expected: [(Vec<ImpIndex>, _); 4] = [
            (imps(&[0, 2]), BidOutcome::UnsupportedMediaType),
            (imps(&[1]), BidOutcome::NotAsked),
            (imps(&[3]), BidOutcome::UnsupportedChannel),
            (imps(&[4]), BidOutcome::NoConversionRate),
        ];
        assert_eq!(seen, expected);
    }
}
