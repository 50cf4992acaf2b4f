//! `[currency]`: default currency and static exchange rates.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rust_decimal::Decimal;
use url::Url;

use super::check::{currency, positive_ms, positive_size};
use super::{ConfigError, file};
use crate::market::rate_file::read as read_rates;
use crate::money::currency::RateTable;
use crate::money::price_granularity::PresetScale;

/// `[currency]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencyConfig {
    /// Of an auction whose request names none.
    pub default: String,
    /// How named price granularities look in a currency; those that are left out, as in dollars.
    pub presets: BTreeMap<String, PresetScale>,
    /// Worth of one unit of the first in the second.
    pub rates: Arc<RateTable>,
    /// Where fresh rates come from; `None` = nowhere.
    pub source: Option<RateSource>,
}

/// `[currency.source]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateSource {
    /// Where it is.
    pub origin: RateOrigin,
    /// Between two looks at it.
    pub period: Duration,
    /// Older rates are not used; `None` = they never are too old.
    pub stale_after: Option<Duration>,
    /// Longest time for one fetch.
    pub timeout: Duration,
    /// Largest file.
    pub max_bytes: usize,
    /// What a local file held at the start.
    pub initial: Option<Arc<RateTable>>,
}

/// A place of rates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RateOrigin {
    /// On the network.
    Url(Url),
    /// On this machine.
    File(PathBuf),
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
