//! [`RequestCurrency`]: exchange rates that come with a request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Price;

/// The worth of one unit of the first currency in the second.
pub type Rates = BTreeMap<String, BTreeMap<String, Price>>;

/// `ext.prebid.currency` of a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestCurrency {
    /// The rates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rates: Option<Rates>,
    /// Whether the server's rates are used if these do not cover a conversion; yes if left out.
    #[serde(alias = "usePbsRates", skip_serializing_if = "Option::is_none")]
    pub usepbsrates: Option<bool>,
}
