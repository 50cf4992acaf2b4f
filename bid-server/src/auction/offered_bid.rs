//! [`OfferedBid`]: a bid as it enters the auction, before anybody has looked at it.

use std::sync::Arc;
use std::time::Duration;

use openrtb::Bid;

use super::rank::SSP_PRIORITY;
use crate::bidders::CallReport;
use crate::bidders::adapter::{SspBid, SspBids};

/// From an SSP, or from a line item of the publisher's own.
#[derive(Debug, Clone)]
pub(crate) struct OfferedBid {
    /// Who makes it.
    pub(super) origin: Origin,
    /// The name under which the bidder was asked.
    pub(super) asked_as: Arc<str>,
    /// The configured bidder.
    pub(super) bidder: Arc<str>,
    /// Another name than that, under which the bid is to stand in the answer.
    pub(super) alternate: Option<String>,
    /// The buyer's seat at the SSP.
    pub(super) buyer: Option<String>,
    /// As it came.
    pub(super) bid: Bid,
    /// Currency in which it is made.
    pub(super) currency: Arc<str>,
    /// Response id at the SSP, for macros.
    pub(super) bidid: Option<Arc<str>>,
    /// Less beats more, before price counts.
    pub(super) priority: u8,
    /// When it was asked for, milliseconds since the Unix epoch.
    pub(super) started_at: i64,
    /// How long that took.
    pub(super) latency: Duration,
}

/// Who makes a bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A buyer, whom the rules of request and account bind.
    Ssp,
    /// The publisher itself, with a campaign that it has checked when it booked it.
    House,
}

/// The bids of one answer.
pub(super) fn of_answer(
    answer: SspBids,
    report: &CallReport,
) -> impl Iterator<Item = OfferedBid> + use<'_> {
    let currency: Arc<str> = Arc::from(answer.currency);
    let bidid: Option<Arc<str>> = answer.bidid.map(Arc::from);
    answer
        .bids
        .into_iter()
        .map(move |SspBid { buyer, seat, bid }| OfferedBid {
            origin: Origin::Ssp,
            asked_as: Arc::clone(&report.seat),
            bidder: Arc::clone(&report.bidder),
            alternate: seat,
            buyer,
            bid,
            currency: Arc::clone(&currency),
            bidid: bidid.clone(),
            priority: SSP_PRIORITY,
            started_at: report.started_at,
            latency: report.latency,
        })
}
