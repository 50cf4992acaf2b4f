//! Floors: the least that bidders are asked for, from rules, and how far bids are held against them.
//!
//! [`rules`] picks the model of an auction, [`fields`] says what an imp is, [`find`] looks up its rule, and
//! [`plan`] writes the result into the imps, before anybody is asked. [`of_format`] finds the floors that
//! stand in the imp itself, by size and media type.
//! Nothing here does I/O.

mod fields;
mod find;
pub(crate) mod of_format;
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
    /// Whether the imp's floor holds for bids under a deal too.
    pub(crate) for_deals: bool,
    /// Whether a bidder is told the floor before the adjustment of its bids.
    pub(crate) adjusted: bool,
    /// By position of the imp: what a model said about it.
    pub(crate) imps: Vec<Option<RuledFloor>>,
}

/// The floor of an imp, from a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RuledFloor {
    /// The rule that fitted, in lower case; `None` = the model's default.
    pub(crate) rule: Option<String>,
    /// What the model says.
    pub(crate) rule_value: Price,
    /// The same, or the least floor.
    pub(crate) value: Price,
    /// Currency of both.
    pub(crate) currency: String,
}

impl Default for FloorPlan {
    /// Without rules: floors of imps hold, except for deals.
    fn default() -> Self {
        Self {
            enforced: true,
            for_deals: false,
            adjusted: false,
            imps: Vec::new(),
        }
    }
}
