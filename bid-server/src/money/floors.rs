//! Floors: the lowest prices that are asked of bidders, from rules, and whether bids are held to them.
//!
//! [`rules`] picks the model of an auction, [`fields`] describes an imp, [`find`] looks up its rule, and
//! [`plan`] writes the result into the imps before any bidder is asked. [`of_format`] finds the floors that
//! the imp itself contains, by size and media type, and [`of_unit`] the rules that it brings for itself. Nothing here does I/O.

mod fields;
mod find;
pub(crate) mod of_format;
mod of_unit;
pub(crate) mod plan;
pub(crate) mod rules;
pub(crate) mod settings;

use openrtb::Price;

/// How floors are handled in one auction.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of request and account"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FloorPlan {
    /// Whether bids below a floor are dropped.
    pub(crate) enforced: bool,
    /// Whether the imp's floor applies to bids with a deal too.
    pub(crate) for_deals: bool,
    /// Whether a bidder sees the floor before the adjustment of its bids.
    pub(crate) adjusted: bool,
    /// What a model set, by position of the imp.
    pub(crate) imps: Vec<Option<RuledFloor>>,
}

/// The floor that a model set for an imp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RuledFloor {
    /// The rule that matched, in lower case; `None` = the model's default.
    pub(crate) rule: Option<String>,
    /// The model's value.
    pub(crate) rule_value: Price,
    /// The same, or the minimum floor if that is higher.
    pub(crate) value: Price,
    /// The currency of both.
    pub(crate) currency: String,
}

impl Default for FloorPlan {
    /// Without rules, the imps' own floors apply, except to deals.
    fn default() -> Self {
        Self {
            enforced: true,
            for_deals: false,
            adjusted: false,
            imps: Vec::new(),
        }
    }
}
