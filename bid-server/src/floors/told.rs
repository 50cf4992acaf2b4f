//! What bidders are told where their bids are adjusted: the floor before the adjustment.

use std::collections::BTreeMap;

use openrtb::Price;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::auction::adjust::{Factors, media_name};
use crate::request::auction_request::OfferedImp;

/// Floors are told with so many digits.
const DECIMALS: u32 = 4;

/// Imps by bidder, for those that are told another floor than the rest.
pub(crate) type Told = BTreeMap<String, Vec<OfferedImp>>;

/// The imps as one bidder is told them; `None` = with their own floors.
pub(crate) fn told(seat: &str, imps: &[OfferedImp], factors: &Factors) -> Option<Vec<OfferedImp>> {
    let floors = imps.iter().map(|offered| {
        let floor = offered.imp.bidfloor?;
        before(floor, factor(seat, offered, factors))
    });
    let floors: Vec<Option<Price>> = floors.collect();
    if floors.iter().all(Option::is_none) {
        return None;
    }
    let mut told = imps.to_vec();
    for (offered, floor) in told.iter_mut().zip(floors) {
        offered.imp.bidfloor = floor.or(offered.imp.bidfloor);
    }
    Some(told)
}

/// Of several media types the largest factor counts: no bid that would pass is kept back.
fn factor(seat: &str, offered: &OfferedImp, factors: &Factors) -> Decimal {
    let types = offered.imp.media_types();
    let all = types.map(|media_type| factors.of(seat, media_name(media_type, &offered.imp)));
    all.max().unwrap_or(Decimal::ONE)
}

/// `None` = the floor itself.
fn before(floor: Price, factor: Decimal) -> Option<Price> {
    if factor == Decimal::ONE {
        return None;
    }
    let amount = floor.amount().checked_div(factor)?;
    let amount = amount.round_dp_with_strategy(DECIMALS, RoundingStrategy::MidpointAwayFromZero);
    Some(Price::new(amount.normalize()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use serde_json::json;
    use tokio::time::Instant;

    use super::*;
    use crate::config::Config;

    #[test]
    fn the_floor_is_divided_by_the_largest_factor_that_may_count() {
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
        let factors = json!({"alpha": 0.9, "mediatypes": {"banner": {"alpha": 0.3}}});
        let (factors, _) = Factors::read(&factors, |_| true);
        let told_to = |seat| told(seat, &request.imps, &factors);
        let floors = told_to("alpha")
            .unwrap()
            .into_iter()
            .map(|offered| offered.imp.bidfloor);
        let floors: Vec<_> = floors
            .map(|floor| floor.map(|floor| floor.to_string()))
            .collect();
        assert_eq!(
            floors,
            [Some("3.3333".to_owned()), Some("1.1111".to_owned()), None]
        );
        assert!(told_to("beta").is_none());
    }
}
