//! `[cache]`: where creatives are kept that pages and players fetch later.

use std::time::Duration;

use url::Url;

use super::check::{positive_ms, positive_size};
use super::{ConfigError, file};
use crate::settle::creative_cache::{CacheConfig, CacheStore, CacheWriters};

pub(super) fn check(raw: &file::Cache) -> Result<CacheConfig, ConfigError> {
    let timeout = positive_ms("cache.timeout_ms", raw.timeout_ms)?;
    let config = CacheConfig {
        external_url: web_address("cache.external_url", &raw.external_url)?,
        fetch_url: web_address("cache.fetch_url", &raw.fetch_url)?,
        timeout,
        max_bytes: positive_size("cache.max_bytes", raw.max_bytes)?,
        max_value_bytes: positive_size("cache.max_value_bytes", raw.max_value_bytes)?,
        max_puts: positive_size("cache.max_puts", raw.max_puts)?,
        max_ttl: seconds("cache.max_ttl_s", raw.max_ttl_s)?,
        default_ttl: seconds("cache.default_ttl_s", raw.default_ttl_s)?,
        extra_ttl: Duration::from_secs(raw.extra_ttl_s.min(LONGEST_S)),
        allow_keys: raw.allow_keys,
        writers: writers(raw)?,
        store: store(raw.store.as_str(), raw.redis_url.read("cache.redis_url")?)?,
    };
    if config.default_ttl > config.max_ttl {
        return Err(ConfigError::invalid(
            "cache.default_ttl_s",
            "must not exceed max_ttl_s",
        ));
    }
    Ok(config)
}

fn store(name: &str, redis_url: String) -> Result<CacheStore, ConfigError> {
    match name {
        "memory" => Ok(CacheStore::Memory),
        "redis" => {
            let fault = |error: redis::RedisError| {
                ConfigError::invalid("cache.redis_url", error.to_string())
            };
            redis::Client::open(redis_url.as_str()).map_err(fault)?;
            Ok(CacheStore::Redis(redis_url))
        }
        _ => Err(ConfigError::invalid(
            "cache.store",
            "must be memory or redis",
        )),
    }
}

fn writers(raw: &file::Cache) -> Result<CacheWriters, ConfigError> {
    let key = raw.write_key.read("cache.write_key")?;
    if raw.public_write && !key.is_empty() {
        let problem = "is of no use while cache.public_write is true";
        return Err(ConfigError::invalid("cache.write_key", problem));
    }
    Ok(match (raw.public_write, key.is_empty()) {
        (true, _) => CacheWriters::Anybody,
        (false, true) => CacheWriters::Nobody,
        (false, false) => CacheWriters::WithKey(key),
    })
}

/// A week; nobody waits longer to show an ad.
const LONGEST_S: u64 = 604_800;

pub(super) fn seconds(key: &str, seconds: u64) -> Result<Duration, ConfigError> {
    if !(1..=LONGEST_S).contains(&seconds) {
        let problem = format!("must be 1 to {LONGEST_S}");
        return Err(ConfigError::invalid(key, problem));
    }
    Ok(Duration::from_secs(seconds))
}

/// An http or https URL with a host; an empty text is no URL.
pub(super) fn web_address(key: &str, text: &str) -> Result<Option<Url>, ConfigError> {
    if text.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(text).map_err(|error| ConfigError::invalid(key, error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(ConfigError::invalid(key, "must be an http or https URL"));
    }
    Ok(Some(url))
}
