//! [`AccountSettings`]: what may differ between the publishers that one server works for.
//!
//! Names and meanings are those of Prebid Server's account configuration, so that its account files
//! can be used. What is left out keeps the value of `[account_defaults]`.

mod floors;
mod rounding;

use serde::Deserialize;
use serde_json::Value;

pub use floors::{FloorFetch, PriceFloors};
pub use rounding::BidRounding;

use crate::auction::adjust::Rules;

/// Settings of one account.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountSettings {
    /// Most characters of a targeting key; 0 = 20.
    pub truncate_target_attr: i64,
    /// First part of every targeting key in place of `hb`; empty = `hb`. A request's own goes before it.
    pub targeting_prefix: String,
    /// How a price between two buckets is rounded.
    pub bid_rounding: BidRounding,
    /// Most bids of one bidder for one imp that take part; 0 = all.
    pub default_bid_limit: usize,
    /// Adjustments of bid prices; a request's own go before them, rule by rule.
    pub bidadjustments: Option<Value>,
    /// Dynamic floors.
    pub price_floors: PriceFloors,
}

impl AccountSettings {
    /// Each setting that makes no sense, with what is wrong with it.
    pub fn faults(&self) -> Vec<(String, String)> {
        let mut faults = self.price_floors.faults();
        if self.truncate_target_attr.is_negative() {
            faults.push((
                "truncate_target_attr".to_owned(),
                "must not be negative".to_owned(),
            ));
        }
        if let Some(Err(problem)) = self.bidadjustments.as_ref().map(Rules::read) {
            faults.push(("bidadjustments".to_owned(), problem));
        }
        faults
    }
}
