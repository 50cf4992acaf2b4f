//! Money, exact to the last digit: exchange rates, adjustments of bids, and the steps that prices are rounded to.
//!
//! Every module that reads, holds or answers an auction calculates with these; this module imports none of them.

pub(crate) mod adjust;
pub(crate) mod currency;
pub(crate) mod currency_codes;
pub(crate) mod floors;
pub(crate) mod price_granularity;
