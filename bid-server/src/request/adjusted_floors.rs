//! The floors that bidders see if their bids are adjusted: the floor before the adjustment.

use std::collections::{BTreeMap, BTreeSet};

use openrtb::{Imp, Price};
use rust_decimal::RoundingStrategy;

use super::auction_request::offered_imp::OfferedImp;
use crate::money::adjust::{Adjustments, media_name};
use crate::money::currency::Exchange;

/// Decimal places of the floors that bidders see.
const DECIMALS: u32 = 4;
/// OpenRTB 2.6 section 3.2.4: floors are in USD if no currency is given.
const WIRE_DEFAULT_CURRENCY: &str = "USD";

/// Imps by bidder, for the bidders that see different floors from the rest.
pub(crate) type AdjustedFloors = BTreeMap<String, Vec<OfferedImp>>;

/// The adjusted floors of the named bidders; `sees` gives the imps that each of them sees.
pub(super) fn of_all<'a>(
    names: &BTreeSet<&str>,
    sees: impl Fn(&str) -> &'a [OfferedImp],
    adjustments: &Adjustments,
    exchange: &Exchange,
) -> AdjustedFloors {
    let adjusted = names.iter().filter_map(|name| {
        let imps = of_bidder(name, sees(name), adjustments, exchange)?;
        Some(((*name).to_owned(), imps))
    });
    adjusted.collect()
}

/// The imps with the floors that one bidder sees; `None` = their own floors.
fn of_bidder(
    seat: &str,
    imps: &[OfferedImp],
    adjustments: &Adjustments,
    exchange: &Exchange,
) -> Option<Vec<OfferedImp>> {
    let floors = imps.iter().map(|offered| {
        let floor = offered.imp.bidfloor?;
        before(floor, seat, &offered.imp, (adjustments, exchange))
    });
    let floors: Vec<Option<Price>> = floors.collect();
    if floors.iter().all(Option::is_none) {
        return None;
    }
    let mut adjusted = imps.to_vec();
    for (offered, floor) in adjusted.iter_mut().zip(floors) {
        offered.imp.bidfloor = floor.or(offered.imp.bidfloor);
    }
    Some(adjusted)
}

/// The amount that becomes the floor once the rules and then the factor are applied; `None` = the floor itself.
///
/// If there are several media types, the lowest amount is used, so that no bid that would pass is held back.
fn before(
    floor: Price,
    seat: &str,
    imp: &Imp,
    (adjustments, exchange): (&Adjustments, &Exchange),
) -> Option<Price> {
    let currency = imp.bidfloorcur.as_deref().unwrap_or(WIRE_DEFAULT_CURRENCY);
    let convert = |amount, from: &str| exchange.convert(amount, from, currency);
    let floor = floor.amount();
    let of_type = |media_type| {
        let media = media_name(media_type, imp);
        let by_rules = adjustments.rules.before(floor, (media, seat), convert);
        let factor = adjustments.factors.of(seat, media);
        by_rules.unwrap_or(floor).checked_div(factor)
    };
    let least = imp.media_types().filter_map(of_type).min()?;
    let least = least.round_dp_with_strategy(DECIMALS, RoundingStrategy::MidpointAwayFromZero);
    (least != floor).then(|| Price::new(least.normalize()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::http::HeaderMap;
    use serde_json::{Value, json};
    use tokio::time::Instant;

    use super::*;
    use crate::config::Config;
    use crate::data::market::rate_file::read as read_rates;
    use crate::money::adjust::{Factors, Rules};

    /// The floors that `alpha` sees for three imps, with and without a floor.
    #[track_caller]
    fn check(factors: &Value, rules: &Value, expected: [Option<&str>; 3]) {
        let config = Config::parse("[bidders.alpha]\nendpoint = 'http://a/'").unwrap();
        let video = json!({"mimes": ["video/mp4"]});
        let body = json!({"id": "r", "site": {"page": "https://p/"}, "imp": [
            {"id": "one", "bidfloor": 1, "banner": {"w": 1, "h": 1}},
            {"id": "two", "bidfloor": 1, "banner": {"w": 1, "h": 1}, "video": video},
            {"id": "three", "banner": {"w": 1, "h": 1}},
        ]});
        let body = body.to_string();
        let request =
            crate::request::read(body.as_bytes(), &HeaderMap::new(), &config, Instant::now())
                .unwrap();
        let adjustments = Adjustments {
            factors: Factors::read(factors, |_| true).0,
            rules: Rules::read(rules).unwrap(),
        };
        let rates = read_rates(br#"{"conversions":{"USD":{"JPY":150}}}"#).unwrap();
        let exchange = Exchange::new(vec![Arc::new(rates)]);
        let told_to = |seat| of_bidder(seat, &request.imps, &adjustments, &exchange);
        let floors = told_to("alpha").unwrap().into_iter();
        let floors: Vec<_> = floors
            .map(|offered| offered.imp.bidfloor.map(|floor| floor.to_string()))
            .collect();
        assert_eq!(floors, expected.map(|floor| floor.map(str::to_owned)));
        assert!(told_to("beta").is_none());
    }

    fn banner_rule(list: &Value) -> Value {
        json!({"mediatype": {"banner": {"alpha": {"*": list}}}})
    }

    #[test]
    fn the_floor_is_divided_by_the_largest_factor_that_may_count() {
        let factors = json!({"alpha": 0.9, "mediatypes": {"banner": {"alpha": 0.3}}});
        check(&factors, &json!({}), [Some("3.3333"), Some("1.1111"), None]);
    }

    #[test]
    fn rules_count_backwards() {
        let multiplier = json!([{"adjtype": "multiplier", "value": 0.8}]);
        let adjusted = [Some("1.25"), Some("1"), None];
        check(&json!({}), &banner_rule(&multiplier), adjusted);
        let cpm = json!([{"adjtype": "cpm", "value": 75, "currency": "JPY"}]);
        check(
            &json!({}),
            &banner_rule(&cpm),
            [Some("1.5"), Some("1"), None],
        );
        let both = json!([
            {"adjtype": "multiplier", "value": 0.5},
            {"adjtype": "cpm", "value": 0.5, "currency": "USD"},
        ]);
        check(
            &json!({}),
            &banner_rule(&both),
            [Some("3"), Some("1"), None],
        );
        let adjusted = [Some("6"), Some("2"), None];
        check(&json!({"alpha": 0.5}), &banner_rule(&both), adjusted);
    }

    #[test]
    fn rules_that_leave_no_price_leave_the_floor() {
        let factors = json!({"alpha": 0.5});
        for list in [
            json!([{"adjtype": "static", "value": 3, "currency": "USD"}]),
            json!([{"adjtype": "multiplier", "value": 0}]),
            json!([{"adjtype": "cpm", "value": 1, "currency": "XTS"}]),
        ] {
            check(&factors, &banner_rule(&list), [Some("2"), Some("2"), None]);
        }
    }
}
