//! Conversion between currencies, in decimals.

use std::collections::BTreeMap;
use std::sync::Arc;

use openrtb::Price;
use rust_decimal::{Decimal, RoundingStrategy};

/// Far finer than any price bucket, and short enough to read.
const DECIMALS: u32 = 8;

/// The worth of one unit of the first currency in the second.
pub(crate) type RateTable = BTreeMap<String, BTreeMap<String, Decimal>>;

/// The rates of one auction: tables, in the order in which they are searched.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exchange {
    tables: Vec<Arc<RateTable>>,
}

impl Exchange {
    /// Uses these tables; the first one with a rate between the two currencies counts.
    pub(crate) fn new(tables: Vec<Arc<RateTable>>) -> Self {
        Self { tables }
    }

    /// The price in another currency; `None` if there is no rate, or if the number becomes too large for a decimal.
    pub(crate) fn convert(&self, price: Price, from: &str, to: &str) -> Option<Price> {
        if from == to {
            return Some(price);
        }
        let mut tables = self.tables.iter();
        let rate = tables.find_map(|table| rate(from, to, table))?;
        let converted = price.amount().checked_mul(rate)?;
        let rounded =
            converted.round_dp_with_strategy(DECIMALS, RoundingStrategy::MidpointAwayFromZero);
        Some(Price::new(rounded.normalize()))
    }
}

/// The rate as given, or the inverse of one, or one by way of a third currency.
fn rate(from: &str, to: &str, table: &RateTable) -> Option<Decimal> {
    pair(from, to, table).or_else(|| {
        let quoted = table.values().flat_map(BTreeMap::keys);
        let mut between = table.keys().chain(quoted);
        between.find_map(|third| pair(from, third, table)?.checked_mul(pair(third, to, table)?))
    })
}

fn pair(from: &str, to: &str, table: &RateTable) -> Option<Decimal> {
    let given = |from: &str, to: &str| table.get(from)?.get(to).copied();
    given(from, to).or_else(|| Decimal::ONE.checked_div(given(to, from)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row<'a> = (&'a str, &'a str, &'a str);

    fn table(rates: &[Row<'_>]) -> Arc<RateTable> {
        let mut table = RateTable::new();
        for (from, to, rate) in rates {
            let row = table.entry((*from).to_owned()).or_default();
            row.insert((*to).to_owned(), rate.parse().unwrap());
        }
        Arc::new(table)
    }

    #[track_caller]
    fn check(price: &str, from: &str, to: &str, expected: Option<&str>) {
        let upper = table(&[("EUR", "CHF", "0.9")]);
        let lower = table(&[
            ("USD", "EUR", "0.8"),
            ("USD", "JPY", "150"),
            ("AUD", "NZD", "1.1"),
            ("CAD", "NZD", "1.2"),
            ("EUR", "CHF", "7"),
        ]);
        let exchange = Exchange::new(vec![upper, lower]);
        let converted = exchange.convert(price.parse().unwrap(), from, to);
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
    fn the_third_currency_may_be_one_that_is_only_quoted() {
        check("12", "AUD", "CAD", Some("11"));
    }

    #[test]
    fn the_first_table_counts() {
        check("1", "EUR", "CHF", Some("0.9"));
        check("0.9", "CHF", "EUR", Some("1"));
    }

    #[test]
    fn a_price_beyond_all_decimals_is_no_price() {
        check("70000000000000000000000000000", "USD", "JPY", None);
    }
}
