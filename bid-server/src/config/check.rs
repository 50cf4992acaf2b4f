//! Checks that several sections share.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::ConfigError;

/// An address to bind, such as `127.0.0.1:8000`.
pub(super) fn address(key: &str, text: &str) -> Result<SocketAddr, ConfigError> {
    text.parse().map_err(|_| {
        ConfigError::invalid(key, format!("not an address like 127.0.0.1:8000: {text}"))
    })
}

/// A time that must not be 0.
pub(super) fn positive_ms(key: &str, ms: u64) -> Result<Duration, ConfigError> {
    if ms == 0 {
        return Err(ConfigError::invalid(key, "must be more than 0"));
    }
    Ok(Duration::from_millis(ms))
}

/// A size that must not be 0.
pub(super) fn positive_size(key: &str, size: usize) -> Result<usize, ConfigError> {
    if size == 0 {
        return Err(ConfigError::invalid(key, "must be more than 0"));
    }
    Ok(size)
}

/// How many of something may be open at the same time.
pub(super) fn permits(key: &str, number: usize) -> Result<usize, ConfigError> {
    if number > Semaphore::MAX_PERMITS {
        return Err(ConfigError::invalid(key, "is too large"));
    }
    positive_size(key, number)
}

/// A currency code: three capital letters.
pub(super) fn currency(key: &str, code: &str) -> Result<(), ConfigError> {
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(());
    }
    Err(ConfigError::invalid(
        key,
        format!("not a currency code like USD: {code}"),
    ))
}

/// A folder; empty = no folder.
pub(super) fn folder(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}
