//! `bid_rounding`: what becomes of a price between two buckets.

use serde::Deserialize;

/// To which of its two neighbours a price goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BidRounding {
    /// The lower one.
    #[default]
    Down,
    /// The upper one.
    Up,
    /// The nearer one; from the middle, the upper one.
    True,
    /// Either, half of the time each.
    TimeSplit,
}
