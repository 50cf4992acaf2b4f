//! [`Rates`]: the exchange rates that auctions use now.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::data::live::Live;
use crate::data::market::CurrencyConfig;
use crate::money::currency::RateTable;

/// Fetched rates while they are fresh, and behind them always those of the configuration.
#[derive(Debug)]
pub(crate) struct Rates {
    constant: Arc<RateTable>,
    fetched: Live<Option<FetchedRates>>,
    stale_after: Option<Duration>,
}

#[derive(Debug)]
struct FetchedRates {
    table: Arc<RateTable>,
    at: Instant,
}

impl Rates {
    /// The rates of the configuration, and of the file that it names.
    pub(crate) fn new(config: &CurrencyConfig) -> Self {
        let source = config.source.as_ref();
        let initial = source.and_then(|source| source.initial.clone());
        Self {
            constant: Arc::clone(&config.rates),
            fetched: Live::new(initial.map(|table| FetchedRates {
                table,
                at: Instant::now(),
            })),
            stale_after: config.source.as_ref().and_then(|source| source.stale_after),
        }
    }

    /// The tables to look in now, in this order.
    pub(crate) fn tables(&self, now: Instant) -> Vec<Arc<RateTable>> {
        let fetched = self.fetched.get();
        let fresh = |fetched: &&FetchedRates| {
            let age = now.saturating_duration_since(fetched.at);
            self.stale_after.is_none_or(|limit| age <= limit)
        };
        let fetched = fetched.as_ref().as_ref().filter(fresh);
        let fetched = fetched.map(|fetched| Arc::clone(&fetched.table));
        fetched
            .into_iter()
            .chain([Arc::clone(&self.constant)])
            .collect()
    }

    /// Sets new rates; the previous ones are forgotten.
    pub(super) fn set(&self, table: RateTable, now: Instant) {
        self.fetched.set(Some(FetchedRates {
            table: Arc::new(table),
            at: now,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::data::market::rate_file::read as read_rates;
    use crate::money::currency::Exchange;

    #[test]
    fn fetched_rates_count_until_they_are_stale() {
        let config = "[currency]\nrates = { USD = { EUR = 0.5, CHF = 2 } }\n[currency.source]\nurl = 'https://rates.example/'\nstale_after_s = 10";
        let rates = Rates::new(&Config::parse(config).unwrap().currency);
        let now = Instant::now();
        let euros = |later: u64| {
            let exchange = Exchange::new(rates.tables(now + Duration::from_secs(later)));
            let convert = |to| exchange.convert("1".parse().unwrap(), "USD", to).unwrap();
            (convert("EUR").to_string(), convert("CHF").to_string())
        };
        let expected = |euro: &str| (euro.to_owned(), "2".to_owned());
        assert_eq!(euros(0), expected("0.5"));
        rates.set(
            read_rates(br#"{"conversions":{"USD":{"EUR":0.9}}}"#).unwrap(),
            now,
        );
        assert_eq!(euros(10), expected("0.9"));
        assert_eq!(euros(11), expected("0.5"));
    }
}
