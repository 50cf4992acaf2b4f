//! What a request says about money: rates and adjustments.

use std::sync::Arc;

use openrtb::BidRequest;
use openrtb::ext::{RequestCurrency, RequestPrebid};
use serde::Deserialize;

use crate::account::AccountSettings;
use crate::auction::adjust::{Adjustments, Factors, Rules};
use crate::auction::currency::{Exchange, RateTable};
use crate::config::Config;
use crate::notice::{Notice, code};

/// The currency of the auction: the first that the request names. Only that one is passed on.
pub(super) fn currency(
    request: &mut BidRequest,
    config: &Config,
    warnings: &mut Vec<Notice>,
) -> String {
    let Some(first) = request.cur.first().cloned() else {
        return config.currency.default.clone();
    };
    if request.cur.len() > 1 {
        let text =
            format!("an auction has one currency, {first} is used, the others of cur are not");
        warnings.push(Notice::general(code::CURRENCY, text));
        request.cur.truncate(1);
    }
    first
}

/// The request's adjustments over those of the account. What cannot be used gives a warning.
pub(super) fn adjustments(
    prebid: Option<&RequestPrebid>,
    account: &AccountSettings,
    warnings: &mut Vec<Notice>,
) -> Adjustments {
    let factors = prebid.and_then(|prebid| prebid.bidadjustmentfactors.as_ref());
    // Validation has refused what cannot be read.
    let factors = factors.map(|value| Factors::read(value, |_| true).0);
    let mut read = |value| match Rules::read(value) {
        Ok(rules) => rules,
        Err(problem) => {
            let text = format!("bidadjustments are not used: {problem}");
            warnings.push(Notice::general(code::BID_ADJUSTMENT, text));
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

/// The request's own rates, and behind them the server's, unless the request wants none of those.
pub(super) fn exchange(prebid: Option<&RequestPrebid>, server: &Arc<RateTable>) -> Exchange {
    let wish = prebid.and_then(|prebid| prebid.currency.as_ref());
    // Validation has refused what cannot be read.
    let wish = wish.and_then(|value| RequestCurrency::deserialize(value).ok());
    let Some(RequestCurrency { rates, usepbsrates }) = wish else {
        return Exchange::new(vec![Arc::clone(server)]);
    };
    let own = rates.map(|rates| {
        let row = |row: std::collections::BTreeMap<String, openrtb::Price>| {
            let rates = row.into_iter();
            rates.map(|(to, rate)| (to, rate.amount())).collect()
        };
        let rows = rates.into_iter();
        Arc::new(
            rows.map(|(from, to)| (from, row(to)))
                .collect::<RateTable>(),
        )
    });
    match own {
        // Without rates of its own there would be none at all.
        None => Exchange::new(vec![Arc::clone(server)]),
        Some(own) if usepbsrates == Some(false) => Exchange::new(vec![own]),
        Some(own) => Exchange::new(vec![own, Arc::clone(server)]),
    }
}
