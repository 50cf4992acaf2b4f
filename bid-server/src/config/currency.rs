//! `[currency]`: default currency and static exchange rates.

use std::sync::Arc;

use super::check::currency;
use super::{ConfigError, file};
use crate::auction::currency::RateTable;

/// `[currency]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencyConfig {
    /// Of an auction whose request names none.
    pub default: String,
    /// Worth of one unit of the first in the second.
    pub rates: Arc<RateTable>,
}

pub(super) fn check(raw: file::Currency) -> Result<CurrencyConfig, ConfigError> {
    currency("currency.default", &raw.default)?;
    let mut rates = RateTable::new();
    for (from, row) in raw.rates {
        let key = format!("currency.rates.{from}");
        currency(&key, &from)?;
        for (to, rate) in row {
            let key = format!("{key}.{to}");
            currency(&key, &to)?;
            if !rate.is_positive() {
                return Err(ConfigError::invalid(key, "a rate is more than 0"));
            }
            let row = rates.entry(from.clone()).or_default();
            row.insert(to, rate.amount());
        }
    }
    Ok(CurrencyConfig {
        default: raw.default,
        rates: Arc::new(rates),
    })
}
