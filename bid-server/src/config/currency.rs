//! `[currency]`: default currency and static exchange rates.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::check::currency;
use super::{ConfigError, file};
use crate::auction::currency::RateTable;
use crate::response::price_granularity::PresetScale;

/// `[currency]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencyConfig {
    /// Of an auction whose request names none.
    pub default: String,
    /// How named price granularities look in a currency; those that are left out, as in dollars.
    pub presets: BTreeMap<String, PresetScale>,
    /// Worth of one unit of the first in the second.
    pub rates: Arc<RateTable>,
}

impl CurrencyConfig {
    /// How named price granularities look in a currency.
    pub(crate) fn preset_scale(&self, currency: &str) -> PresetScale {
        self.presets.get(currency).copied().unwrap_or_default()
    }
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
        presets: presets(raw.presets)?,
        rates: Arc::new(rates),
    })
}

/// Far more than any currency needs, and far from the end of all decimals.
const LARGEST_MULTIPLIER: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);
const MOST_DIGITS: u32 = 4;

fn presets(
    raw: BTreeMap<String, file::Preset>,
) -> Result<BTreeMap<String, PresetScale>, ConfigError> {
    let check = |(code, preset): (String, file::Preset)| {
        let key = format!("currency.presets.{code}");
        currency(&key, &code)?;
        let multiplier = preset.multiplier.amount();
        if !preset.multiplier.is_positive() || multiplier > LARGEST_MULTIPLIER {
            let problem = format!("must be more than 0 and at most {LARGEST_MULTIPLIER}");
            return Err(ConfigError::invalid(format!("{key}.multiplier"), problem));
        }
        if preset.precision > MOST_DIGITS {
            let problem = format!("must be 0 to {MOST_DIGITS}");
            return Err(ConfigError::invalid(format!("{key}.precision"), problem));
        }
        let scale = PresetScale {
            multiplier,
            precision: preset.precision,
        };
        Ok((code, scale))
    };
    raw.into_iter().map(check).collect()
}
