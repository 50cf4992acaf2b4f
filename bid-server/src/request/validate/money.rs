//! Rules for `ext.prebid.currency` and `ext.prebid.bidadjustmentfactors`.

use openrtb::ext::{Floors, RequestCurrency, RequestPrebid};
use serde::Deserialize;

use super::is_currency;
use crate::bidder_names;
use crate::money::adjust::Factors;
use crate::request::KnownBidders;

/// Collects faults of rates and factors.
pub(super) fn check(prebid: &RequestPrebid, bidders: &dyn KnownBidders, faults: &mut Vec<String>) {
    check_rates(prebid, faults);
    if let Some(Err(error)) = prebid.floors.as_ref().map(Floors::read) {
        faults.push(format!("request.ext.prebid.floors: {error}"));
    }
    let is_bidder = |code: &str| {
        let mut aliases = prebid.aliases.keys();
        bidders.has(code) || aliases.any(|alias| bidder_names::same(alias, code))
    };
    if let Some(factors) = &prebid.bidadjustmentfactors {
        let (_, broken) = Factors::read(factors, is_bidder);
        faults.extend(broken.into_iter().map(|(path, problem)| {
            format!("request.ext.prebid.bidadjustmentfactors{path}: {problem}")
        }));
    }
}

fn check_rates(prebid: &RequestPrebid, faults: &mut Vec<String>) {
    const PATH: &str = "request.ext.prebid.currency";
    let Some(value) = &prebid.currency else {
        return;
    };
    let asked = match RequestCurrency::deserialize(value) {
        Ok(asked) => asked,
        Err(error) => return faults.push(format!("{PATH}: {error}")),
    };
    for (from, row) in asked.rates.into_iter().flatten() {
        if !is_currency(&from) {
            faults.push(format!("{PATH}.rates: not a currency code: {from:?}"));
        }
        for (to, rate) in row {
            if !is_currency(&to) {
                faults.push(format!("{PATH}.rates.{from}: not a currency code: {to:?}"));
            }
            if !rate.is_positive() {
                faults.push(format!("{PATH}.rates.{from}.{to}: must be more than 0"));
            }
        }
    }
}
