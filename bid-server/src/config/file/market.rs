//! Sections about how prices are calculated: `[currency]`, `[price_floors]`.

use std::collections::BTreeMap;

use openrtb::Price;
use rust_decimal::Decimal;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct Currency {
    pub(in crate::config) default: String,
    pub(in crate::config) presets: BTreeMap<String, Preset>,
    pub(in crate::config) source: RateSource,
    pub(in crate::config) rates: BTreeMap<String, BTreeMap<String, Price>>,
}

impl Default for Currency {
    fn default() -> Self {
        Self {
            default: "USD".to_owned(),
            presets: BTreeMap::from([("JPY".to_owned(), Preset::yen())]),
            source: RateSource::default(),
            rates: BTreeMap::new(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct RateSource {
    pub(in crate::config) url: String,
    pub(in crate::config) file: String,
    pub(in crate::config) period_s: u64,
    pub(in crate::config) stale_after_s: u64,
    pub(in crate::config) timeout_ms: u64,
    pub(in crate::config) max_bytes: usize,
}

impl Default for RateSource {
    fn default() -> Self {
        Self {
            url: String::new(),
            file: String::new(),
            period_s: 1800,
            stale_after_s: 86_400,
            timeout_ms: 5000,
            max_bytes: 1 << 20,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct Preset {
    pub(in crate::config) multiplier: Price,
    pub(in crate::config) precision: u32,
}

impl Preset {
    /// A yen is worth about a hundredth of a dollar and has no smaller unit.
    fn yen() -> Self {
        Self {
            multiplier: Price::new(Decimal::ONE_HUNDRED),
            precision: 0,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct PriceFloors {
    pub(in crate::config) enabled: bool,
    pub(in crate::config) allowed_hosts: Vec<String>,
    pub(in crate::config) allow_private_addresses: bool,
    pub(in crate::config) max_files: usize,
    pub(in crate::config) max_bytes: usize,
    pub(in crate::config) max_concurrent: usize,
}

impl Default for PriceFloors {
    fn default() -> Self {
        Self {
            enabled: true,
            allowed_hosts: Vec::new(),
            allow_private_addresses: false,
            max_files: 1000,
            max_bytes: 64 << 20,
            max_concurrent: 20,
        }
    }
}
