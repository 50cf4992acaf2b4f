//! [`SeatNonBid`]: the offers that a seat did not win, and why.

use serde::{Deserialize, Serialize};

use crate::{Members, NonBidReason};

/// The non-bids of one seat (community extension "seat-non-bid").
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SeatNonBid {
    /// One entry per imp or dropped bid.
    #[serde(default)]
    pub nonbid: Vec<NonBid>,
    /// The bidder's code.
    #[serde(default)]
    pub seat: String,
}

/// One imp that a seat did not fill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NonBid {
    /// The imp.
    pub impid: String,
    /// Why not.
    pub statuscode: NonBidReason,
    /// What is known about a dropped bid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext: Option<Members>,
}
