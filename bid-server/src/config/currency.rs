//! `[currency]`: default currency and static exchange rates.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rust_decimal::Decimal;
use url::Url;

use super::check::{currency, positive_ms, positive_size};
use super::{ConfigError, file};
use crate::data::market::rate_file::read as read_rates;
use crate::data::market::{CurrencyConfig, RateOrigin, RateSource};
use crate::money::currency::RateTable;
use crate::money::price_granularity::PresetScale;

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
        source: source(&raw.source)?,
    })
}

fn source(raw: &file::RateSource) -> Result<Option<RateSource>, ConfigError> {
    let key = "currency.source.url";
    let mut initial = None;
    let origin = match (raw.url.as_str(), raw.file.as_str()) {
        ("", "") => return Ok(None),
        (url, "") => {
            let url = Url::parse(url).ok();
            let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
            let problem = || ConfigError::invalid(key, "must be an http or https URL");
            RateOrigin::Url(url.ok_or_else(problem)?)
        }
        ("", file) => {
            let path = PathBuf::from(file);
            let bytes =
                std::fs::read(&path).map_err(|source| ConfigError::unreadable(&path, source))?;
            let table = read_rates(&bytes)
                .map_err(|problem| ConfigError::invalid("currency.source.file", problem))?;
            initial = Some(Arc::new(table));
            RateOrigin::File(path)
        }
        _ => return Err(ConfigError::invalid(key, "either url or file, not both")),
    };
    let stale_after = Duration::from_secs(raw.stale_after_s);
    Ok(Some(RateSource {
        origin,
        period: positive_ms(
            "currency.source.period_s",
            raw.period_s.saturating_mul(1000),
        )?,
        stale_after: (!stale_after.is_zero()).then_some(stale_after),
        timeout: positive_ms("currency.source.timeout_ms", raw.timeout_ms)?,
        max_bytes: positive_size("currency.source.max_bytes", raw.max_bytes)?,
        initial,
    }))
}

/// Far more than any currency needs, and far from the limits of decimals.
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
