//! [`NoBidReason`]: why a whole response contains no bid.

use serde::{Deserialize, Serialize};

/// The reason for no bid at all (OpenRTB 2.6 section 5.24; AdCOM 1.0 list of no-bid reasons).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoBidReason(pub i64);

impl NoBidReason {
    /// Not stated.
    pub const UNKNOWN: Self = Self(0);
    /// Something failed at the bidder.
    pub const TECHNICAL_ERROR: Self = Self(1);
    /// The request cannot be read.
    pub const INVALID_REQUEST: Self = Self(2);
    /// The user is not human.
    pub const NON_HUMAN_TRAFFIC: Self = Self(4);
    /// The publisher or site is blocked.
    pub const BLOCKED_PUBLISHER: Self = Self(7);
    /// Nothing matches the user.
    pub const UNMATCHED_USER: Self = Self(8);
    /// There is not enough time left to bid.
    pub const INSUFFICIENT_TIME: Self = Self(15);
}
