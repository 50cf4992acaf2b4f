//! The simulator's configuration: the TOML file as written, then checked settings.

use std::net::SocketAddr;

use serde::Deserialize;

use crate::draw::{LogNormal, Price};
use crate::fault::Fault;

/// Why a configuration was refused; each message names the key.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not TOML, or a key that is unknown, missing or of the wrong type.
    #[error("configuration is not valid: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A value outside its range.
    #[error("ssp `{code}`: key `{key}`: {problem}")]
    Value {
        /// The SSP that it is set for.
        code: String,
        /// The key in question.
        key: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// Two SSPs of the same code.
    #[error("ssp `{0}` is configured twice")]
    DuplicateCode(String),
}

/// Checked settings of the whole program.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to bind; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How the world reaches the simulator, for win notice URLs; default: the bound address.
    pub public_url: Option<String>,
    /// The SSPs it plays.
    pub ssps: Vec<SspConfig>,
}

/// Checked settings of one SSP.
#[derive(Debug, Clone)]
pub struct SspConfig {
    /// Its name in URLs, and its seat.
    pub code: String,
    /// Where its randomness starts.
    pub seed: u64,
    /// How long it thinks.
    pub latency_ms: LogNormal,
    /// Share of imps that it bids on, 0 to 1.
    pub bid_rate: f64,
    /// What it bids.
    pub price: Price,
    /// Sizes it has creatives for; empty means any.
    pub sizes: Vec<(u32, u32)>,
    /// Currency of its prices.
    pub currency: String,
    /// What goes wrong from the start.
    pub fault: Fault,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    #[serde(default = "default_listen")]
    listen: SocketAddr,
    public_url: Option<String>,
    ssp: Vec<RawSsp>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSsp {
    code: String,
    #[serde(default)]
    seed: u64,
    latency_ms: RawLatency,
    bid_rate: f64,
    price: RawPrice,
    #[serde(default)]
    sizes: Vec<(u32, u32)>,
    #[serde(default = "default_currency")]
    currency: String,
    #[serde(default)]
    fault: Fault,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLatency {
    median: f64,
    p95: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPrice {
    fixed: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
    median: Option<f64>,
    p95: Option<f64>,
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 7000))
}

fn default_currency() -> String {
    "USD".to_owned()
}

impl Config {
    /// Reads and checks the text of a configuration file.
    ///
    /// # Errors
    /// When the text is not valid; the message names the key.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let raw: RawConfig = toml::from_str(text)?;
        let mut ssps: Vec<SspConfig> = Vec::with_capacity(raw.ssp.len());
        for ssp in raw.ssp {
            if ssps.iter().any(|known| known.code == ssp.code) {
                return Err(ConfigError::DuplicateCode(ssp.code));
            }
            ssps.push(check_ssp(ssp)?);
        }
        Ok(Self {
            listen: raw.listen,
            public_url: raw.public_url,
            ssps,
        })
    }
}

fn check_ssp(raw: RawSsp) -> Result<SspConfig, ConfigError> {
    let refuse = |key, problem: &str| ConfigError::Value {
        code: raw.code.clone(),
        key,
        problem: problem.to_owned(),
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if raw.code.is_empty() || !raw.code.chars().all(plain) {
        return Err(refuse("code", "use lower-case letters, digits, - and _"));
    }
    if !(0.0..=1.0).contains(&raw.bid_rate) {
        return Err(refuse("bid_rate", "must be from 0 to 1"));
    }
    if raw.sizes.iter().any(|&(w, h)| w == 0 || h == 0) {
        return Err(refuse("sizes", "width and height must be above 0"));
    }
    let latency_ms = LogNormal::from_quantiles(raw.latency_ms.median, raw.latency_ms.p95)
        .ok_or_else(|| refuse("latency_ms", "needs 0 < median <= p95"))?;
    let price = check_price(&raw.price).map_err(|problem| refuse("price", problem))?;
    Ok(SspConfig {
        code: raw.code,
        seed: raw.seed,
        latency_ms,
        bid_rate: raw.bid_rate,
        price,
        sizes: raw.sizes,
        currency: raw.currency,
        fault: raw.fault,
    })
}

fn check_price(raw: &RawPrice) -> Result<Price, &'static str> {
    let (min, max) = (raw.min.unwrap_or(0.01), raw.max.unwrap_or(f64::INFINITY));
    if !(min > 0.0 && min <= max) {
        return Err("needs 0 < min <= max");
    }
    match (raw.fixed, raw.median, raw.p95) {
        (Some(cpm), None, None) if raw.min.is_none() && raw.max.is_none() => {
            if cpm > 0.0 {
                Ok(Price::Fixed(cpm))
            } else {
                Err("fixed must be above 0")
            }
        }
        (None, Some(median), Some(p95)) => LogNormal::from_quantiles(median, p95)
            .map(|shape| Price::LogNormal { shape, min, max })
            .ok_or("needs 0 < median <= p95"),
        (None, None, None) if raw.min.is_some() && raw.max.is_some() => {
            Ok(Price::Uniform { min, max })
        }
        _ => Err("give { fixed }, { min, max } or { median, p95 } with optional min and max"),
    }
}

#[cfg(test)]
mod tests;
