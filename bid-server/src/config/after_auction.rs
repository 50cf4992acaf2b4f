//! `[notices]`, `[debug]`, `[status]` and `[metrics]`: what is told after an auction, and to whom.

use std::time::Duration;

use super::cache::seconds;
use super::check::{positive_ms, positive_size};
use super::{ConfigError, file};

/// `[notices]`: win, billing and loss notices that we send to SSPs where a request asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticesConfig {
    /// Whether requests may ask for it.
    pub enabled: bool,
    /// Whether they may go to addresses of private networks.
    pub allow_private_addresses: bool,
    /// Longest time for one.
    pub timeout: Duration,
    /// Most on their way at the same time.
    pub max_concurrent: usize,
    /// Most that wait for their turn.
    pub max_queued: usize,
    /// Most bids whose win or impression is waited for.
    pub max_pending: usize,
    /// How long it is waited for.
    pub pending: Duration,
}

/// `[debug]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebugConfig {
    /// Value of the header `x-pbs-debug-override` that shows everything; `None` = no value does.
    pub override_secret: Option<String>,
    /// Most of an answer that may be debugging.
    pub max_bytes: usize,
}

/// `[metrics]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricsConfig {
    /// Most accounts that have a count of their own.
    pub max_accounts: usize,
}

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
    /// So that nobody comes upon it by trying.
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
