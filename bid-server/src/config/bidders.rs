//! `[bidders.<code>]`: the SSPs that can be asked.

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

use super::check::positive_ms;
use super::{ConfigError, file};

/// Codes that stand for something else in an answer.
const RESERVED: [&str; 4] = ["house", "prebid", "general", "context"];

/// `[bidders.<code>]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BidderConfig {
    /// Where its requests go.
    pub endpoint: Url,
    /// Whether it is asked at all.
    pub enabled: bool,
    /// Gives up earlier than the auction does.
    pub timeout: Option<Duration>,
    /// Kept back from the tmax that it is told.
    pub deduction: Duration,
    /// Nobody waits for it once all others are in.
    pub secondary: bool,
}

pub(super) fn check(
    raw: BTreeMap<String, file::Bidder>,
) -> Result<BTreeMap<String, BidderConfig>, ConfigError> {
    raw.into_iter()
        .map(|(code, bidder)| {
            let key = format!("bidders.{code}");
            check_code(&key, &code)?;
            let checked = check_one(&key, &bidder)?;
            Ok((code, checked))
        })
        .collect()
}

fn check_code(key: &str, code: &str) -> Result<(), ConfigError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if code.is_empty() || !code.chars().all(allowed) {
        return Err(ConfigError::invalid(
            key,
            "a code has only lower-case letters, digits, _ and -",
        ));
    }
    if RESERVED.contains(&code) {
        return Err(ConfigError::invalid(key, "this code is reserved"));
    }
    Ok(())
}

fn check_one(key: &str, raw: &file::Bidder) -> Result<BidderConfig, ConfigError> {
    let field = format!("{key}.endpoint");
    let endpoint = Url::parse(&raw.endpoint)
        .map_err(|error| ConfigError::invalid(&field, error.to_string()))?;
    if !matches!(endpoint.scheme(), "http" | "https") {
        return Err(ConfigError::invalid(field, "must be an http or https URL"));
    }
    let timeout = raw
        .timeout_ms
        .map(|ms| positive_ms(&format!("{key}.timeout_ms"), ms))
        .transpose()?;
    Ok(BidderConfig {
        endpoint,
        enabled: raw.enabled.unwrap_or(true),
        timeout,
        deduction: Duration::from_millis(raw.tmax_deduction_ms.unwrap_or(0)),
        secondary: raw.secondary.unwrap_or(false),
    })
}
