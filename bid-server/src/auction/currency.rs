//! Conversion between currencies by static rates, in decimals.

use openrtb::Price;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::config::CurrencyConfig;

/// Far finer than any price bucket, and short enough to read.
const DECIMALS: u32 = 8;

/// The price in another currency: by the rate, by its inverse, or by way of a third currency.
///
/// `None` when no rate leads there, or when the number becomes too large for a decimal.
pub(crate) fn convert(price: Price, from: &str, to: &str, money: &CurrencyConfig) -> Option<Price> {
    if from == to {
        return Some(price);
    }
    let rate = rate(from, to, money).or_else(|| {
        let mut bases = money.rates.keys();
        bases.find_map(|base| rate(from, base, money)?.checked_mul(rate(base, to, money)?))
    })?;
    let converted = price.amount().checked_mul(rate)?;
    let rounded =
        converted.round_dp_with_strategy(DECIMALS, RoundingStrategy::MidpointAwayFromZero);
    Some(Price::new(rounded.normalize()))
}

fn rate(from: &str, to: &str, money: &CurrencyConfig) -> Option<Decimal> {
    let given = |from: &str, to: &str| money.rates.get(from)?.get(to).copied();
    given(from, to).or_else(|| Decimal::ONE.checked_div(given(to, from)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[track_caller]
    fn check(price: &str, from: &str, to: &str, expected: Option<&str>) {
        let config = Config::parse("[currency.rates]\nUSD = { EUR = 0.8, JPY = 150 }").unwrap();
        let converted = convert(price.parse().unwrap(), from, to, &config.currency);
        assert_eq!(
            converted.map(|price| price.to_string()).as_deref(),
            expected
        );
    }

    #[test]
    fn converts_directly_backwards_and_across() {
        check("1.5", "USD", "USD", Some("1.5"));
        check("1.5", "USD", "EUR", Some("1.2"));
        check("1.2", "EUR", "USD", Some("1.5"));
        check("0.8", "EUR", "JPY", Some("150"));
        check("1", "GBP", "USD", None);
        check("1", "GBP", "GBP", Some("1"));
    }

    #[test]
    fn a_price_beyond_all_decimals_is_no_price() {
        check("70000000000000000000000000000", "USD", "JPY", None);
    }
}
