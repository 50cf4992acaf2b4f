//! `[notices]`, `[debug]`, `[status]` and `[metrics]`: what is reported after an auction, and to whom.

use super::cache::seconds;
use super::check::{positive_ms, positive_size};
use super::{ConfigError, StatusAnswer, file};
use crate::response::DebugConfig;
use crate::settle::bid_notices::NoticesConfig;

pub(super) fn check_notices(raw: &file::Notices) -> Result<NoticesConfig, ConfigError> {
    Ok(NoticesConfig {
        enabled: raw.enabled,
        allow_private_addresses: raw.allow_private_addresses,
        timeout: positive_ms("notices.timeout_ms", raw.timeout_ms)?,
        max_concurrent: positive_size("notices.max_concurrent", raw.max_concurrent)?,
        max_queued: positive_size("notices.max_queued", raw.max_queued)?,
        max_pending: positive_size("notices.max_pending", raw.max_pending)?,
        pending: seconds("notices.pending_s", raw.pending_s)?,
    })
}

pub(super) fn check_debug(raw: &file::Debugging) -> Result<DebugConfig, ConfigError> {
    /// Long enough that nobody finds it by trying.
    const SHORTEST_SECRET: usize = 16;
    let secret = raw.override_secret.read("debug.override_secret")?;
    if !secret.is_empty() && secret.len() < SHORTEST_SECRET {
        let problem = format!("must have at least {SHORTEST_SECRET} characters, or none");
        return Err(ConfigError::invalid("debug.override_secret", problem));
    }
    Ok(DebugConfig {
        override_secret: Some(secret).filter(|secret| !secret.is_empty()),
        max_bytes: positive_size("debug.max_bytes", raw.max_bytes)?,
    })
}

/// An empty text answers nothing; without the key, the answer is what the server knows about itself.
pub(super) fn check_status(raw: file::Status) -> StatusAnswer {
    match raw.response {
        None => StatusAnswer::Known,
        Some(text) if text.is_empty() => StatusAnswer::Nothing,
        Some(text) => StatusAnswer::Text(text),
    }
}
