//! [`HeldAuction`]: the result of an auction: calls, judged bids, remarks.

use super::JudgedBid;
use crate::bidders::CallReport;
use crate::remark::Remark;

/// A finished auction.
#[derive(Debug, Default)]
pub(crate) struct HeldAuction {
    /// When it began, in milliseconds since the Unix epoch.
    pub(crate) started_at: i64,
    /// The client went away before it was over.
    pub(crate) cut_off: bool,
    /// Every call, sorted by bidder code.
    pub(crate) calls: Vec<CallReport>,
    /// Every bid, fit or not.
    pub(crate) bids: Vec<JudgedBid>,
    /// Problems other than failed calls.
    pub(crate) errors: Vec<Remark>,
    /// Harmless oddities, and why bidders were not asked.
    pub(crate) warnings: Vec<Remark>,
}
