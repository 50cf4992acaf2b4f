//! [`OfferedBid`]: a bid as it enters the auction, before anything has been checked.

use std::sync::Arc;
use std::time::Duration;

use openrtb::Bid;

use super::rank::SSP_PRIORITY;
use crate::bidders::CallReport;
use crate::bidders::adapter::{SspBid, SspBids};

/// A bid from an SSP or from one of the publisher's own line items.
#[derive(Debug, Clone)]
pub(crate) struct OfferedBid {
    /// Who made it.
    pub(super) origin: Origin,
    /// The name under which the bidder was asked.
    pub(super) asked_as: Arc<str>,
    /// The configured bidder.
    pub(super) bidder: Arc<str>,
    /// Another seat under which the bid is to appear in the answer.
    pub(super) alternate: Option<String>,
    /// The buyer's seat at the SSP.
    pub(super) buyer: Option<String>,
    /// The bid as it came.
    pub(super) bid: Bid,
    /// The currency of the bid.
    pub(super) currency: Arc<str>,
    /// The SSP's response id, for macros.
    pub(super) bidid: Option<Arc<str>>,
    /// Lower numbers win, before price is considered.
    pub(super) priority: u8,
    /// When it was asked for, in milliseconds since the Unix epoch.
    pub(super) started_at: i64,
    /// How long the answer took.
    pub(super) latency: Duration,
}

/// Who made a bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A buyer, bound by the rules of the request and the account.
    Ssp,
    /// The publisher itself, with a campaign that it checked when it booked it.
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
