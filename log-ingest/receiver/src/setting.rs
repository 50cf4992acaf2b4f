//! What the settings of all features are made of: bounds on values, the error that names a key, secrets, ranges of
//! addresses. Each feature checks its own section with them; `config` puts the sections together.

mod network;
mod secret;

use std::time::Duration;

pub use network::Network;
pub use secret::Secret;

/// A value that cannot be used, with its key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {reason}")]
pub struct ConfigError {
    /// Section and key, such as `buffer.max_bytes`.
    pub key: &'static str,
    /// What is wrong with it.
    pub reason: String,
}

/// A size or count that must not be zero.
pub(crate) fn positive(key: &'static str, value: u64) -> Result<usize, ConfigError> {
    match usize::try_from(value) {
        Ok(value) if value > 0 => Ok(value),
        _ => Err(ConfigError {
            key,
            reason: format!("must be above 0, is {value}"),
        }),
    }
}

/// A time in milliseconds that must not be zero.
pub(crate) fn millis(key: &'static str, value: u64) -> Result<Duration, ConfigError> {
    positive(key, value)?;
    Ok(Duration::from_millis(value))
}
