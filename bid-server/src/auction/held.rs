//! [`HeldAuction`]: what an auction leaves behind: calls, judged bids, remarks.

use super::JudgedBid;
use crate::bidders::CallReport;
use crate::remark::Remark;

/// A finished auction.
#[derive(Debug, Default)]
pub(crate) struct HeldAuction {
    /// When it began, milliseconds since the Unix epoch.
    pub(crate) started_at: i64,
    /// The client went away before it was over.
    pub(crate) cut_off: bool,
    /// Every call, in the order of bidder codes.
    pub(crate) calls: Vec<CallReport>,
    /// Every bid, fit or not.
    pub(crate) bids: Vec<JudgedBid>,
    /// What did harm, beyond calls that failed.
    pub(crate) errors: Vec<Remark>,
    /// What is odd and did no harm, or why a bidder was not asked.
    pub(crate) warnings: Vec<Remark>,
}
