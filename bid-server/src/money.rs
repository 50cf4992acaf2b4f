//! Money, exact to the last digit: exchange rates, adjustments of bids, and the steps that prices are rounded to.
//!
//! Everybody who reads, holds or answers an auction reckons with these; they know of none of them.

pub(crate) mod adjust;
pub(crate) mod currency;
pub(crate) mod floors;
pub(crate) mod price_granularity;
