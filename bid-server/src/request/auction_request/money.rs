//! What a request says about money: rates and adjustments.

use std::collections::BTreeMap;
use std::sync::Arc;

use openrtb::ext::{RequestCurrency, RequestPrebid};
use openrtb::{BidRequest, Price};
use serde::Deserialize;
use tokio::time::Instant;

use crate::clock;
use crate::data::accounts::AccountSettings;
use crate::data::market::{CurrencyConfig, Fetched, Market};
use crate::money::adjust::{Adjustments, Factors, Rules};
use crate::money::currency::{Exchange, RateTable};
use crate::money::floors::{FloorPlan, plan};
use crate::remark::{Remark, code};

/// The currency of the auction: the first that the request names. Only this one is passed on.
pub(super) fn currency(
    request: &mut BidRequest,
    currency: &CurrencyConfig,
    warnings: &mut Vec<Remark>,
) -> String {
    let Some(first) = request.cur.first().cloned() else {
        return currency.default.clone();
    };
    if request.cur.len() > 1 {
        let text =
            format!("an auction has one currency, {first} is used, the others of cur are not");
        warnings.push(Remark::general(code::CURRENCY, text));
        request.cur.truncate(1);
    }
    first
}

/// The request's adjustments, laid over those of the account. Entries that cannot be used give a warning.
pub(super) fn adjustments(
    prebid: Option<&RequestPrebid>,
    account: &AccountSettings,
    warnings: &mut Vec<Remark>,
) -> Adjustments {
    let factors = prebid.and_then(|prebid| prebid.bidadjustmentfactors.as_ref());
    // Validation has refused values that cannot be read.
    let factors = factors.map(|value| Factors::read(value, |_| true).0);
    let mut read = |value| match Rules::read(value) {
        Ok(rules) => rules,
        Err(problem) => {
            let text = format!("bidadjustments are not used: {problem}");
            warnings.push(Remark::general(code::BID_ADJUSTMENT, text));
            Rules::default()
        }
    };
    let own = prebid.and_then(|prebid| prebid.bidadjustments.as_ref());
    let own: Option<Rules> = own.map(&mut read);
    Adjustments {
        factors: factors.unwrap_or_default(),
        rules: own.unwrap_or_default().over(account.bidadjustments.clone()),
    }
}

/// The request's own rates, then the server's, unless the request rules those out.
pub(super) fn exchange(prebid: Option<&RequestPrebid>, server: Vec<Arc<RateTable>>) -> Exchange {
    let rates_asked = prebid.and_then(|prebid| prebid.currency.as_ref());
    // Validation has refused values that cannot be read.
    let rates_asked = rates_asked.and_then(|value| RequestCurrency::deserialize(value).ok());
    let rates_asked = rates_asked.unwrap_or_default();
    let Some(own) = rates_asked.rates else {
        // Without rates of its own, the request would have none at all.
        return Exchange::new(server);
    };
    let row = |row: BTreeMap<String, Price>| {
        let rates = row.into_iter();
        rates.map(|(to, rate)| (to, rate.amount())).collect()
    };
    let own: RateTable = own.into_iter().map(|(from, to)| (from, row(to))).collect();
    let behind = if rates_asked.usepbsrates == Some(false) {
        Vec::new()
    } else {
        server
    };
    Exchange::new(std::iter::once(Arc::new(own)).chain(behind).collect())
}

/// Sets the floors of all imps, by fetched rules, by rules of the request, or by rules of the account.
pub(super) fn floors(
    request: &mut BidRequest,
    (market, account): (&Market, &AccountSettings),
    exchange: &Exchange,
    warnings: &mut Vec<Remark>,
) -> FloorPlan {
    let account = &account.price_floors;
    let floors = plan::of_request_or_account(request, account);
    let named = floors.floorendpoint.as_ref();
    let named = named.map_or("", |endpoint| endpoint.url.as_str());
    let address = Some(account.fetch.url.as_str()).filter(|url| !url.is_empty());
    let fetched = if account.use_dynamic_data {
        market
            .floors
            .get(address.unwrap_or(named), &account.fetch, Instant::now())
    } else {
        Fetched::None
    };
    let fetched = match &fetched {
        Fetched::Rules(rules) => Some(rules.as_ref()),
        Fetched::None | Fetched::InProgress | Fetched::Failed => None,
    };
    let sources = plan::FloorSources {
        enabled: market.floors.enabled() && account.enabled,
        account,
        floors,
        fetched,
        exchange,
    };
    plan::plan(request, &sources, clock::chance, warnings)
}
