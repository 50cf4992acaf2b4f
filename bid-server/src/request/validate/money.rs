//! Rules for `ext.prebid.currency` and `ext.prebid.bidadjustmentfactors`.

use std::collections::BTreeSet;

use openrtb::BidRequest;
use openrtb::ext::{Floors, RequestCurrency, RequestPrebid};
use serde::Deserialize;

use super::is_currency;
use crate::bidder_names;
use crate::data::market::CurrencyConfig;
use crate::money::adjust::Factors;
use crate::money::currency_codes::exists;
use crate::remark::{Remark, code};
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
        if let Some(problem) = problem(&from) {
            faults.push(format!("{PATH}.rates: {problem}: {from:?}"));
        }
        for (to, rate) in row {
            if let Some(problem) = problem(&to) {
                faults.push(format!("{PATH}.rates.{from}: {problem}: {to:?}"));
            }
            if !rate.is_positive() {
                faults.push(format!("{PATH}.rates.{from}.{to}: must be more than 0"));
            }
        }
    }
}

fn problem(code: &str) -> Option<&'static str> {
    if !is_currency(code) {
        Some("not a currency code")
    } else if !exists(code) {
        Some("there is no such currency")
    } else {
        None
    }
}

/// Currencies of the auction and of floors that do not exist: no bid can be converted to or from them.
pub(super) fn strange_currencies(request: &BidRequest, server: &CurrencyConfig) -> Vec<Remark> {
    let is_known = |code: &str| {
        let mut rows = server.rates.iter();
        exists(code)
            || code == server.default
            || rows.any(|(from, row)| from == code || row.contains_key(code))
    };
    let of_floors = request
        .imp
        .iter()
        .filter_map(|imp| imp.bidfloorcur.as_deref());
    let named = request.cur.first().map(|code| ("cur", code.as_str()));
    let named = named
        .into_iter()
        .chain(of_floors.map(|code| ("bidfloorcur", code)));
    let strange: BTreeSet<_> = named.filter(|(_, code)| !is_known(code)).collect();
    let remarks = strange.into_iter().map(|(member, code)| {
        let text = format!("{member}: there is no currency {code:?}, so nothing can be converted");
        Remark::general(code::CURRENCY, text)
    });
    remarks.collect()
}
