//! `[log_output]`: where rows about auctions and bids go.

use std::time::Duration;

use super::check::{positive_ms, positive_size};
use super::{ConfigError, file};
use crate::log_output::{LogOutputConfig, SharedKey};

pub(super) fn check(raw: file::LogOutput) -> Result<Option<LogOutputConfig>, ConfigError> {
    if raw.retry_max_ms < raw.retry_min_ms {
        return Err(ConfigError::invalid(
            "log_output.retry_max_ms",
            "must not be less than retry_min_ms",
        ));
    }
    let port = raw
        .address
        .rsplit_once(':')
        .map(|(_, port)| port.parse::<u16>());
    if !matches!(port, Some(Ok(_))) {
        return Err(ConfigError::invalid(
            "log_output.address",
            "must be host:port",
        ));
    }
    let checked = LogOutputConfig {
        shared_key: SharedKey::of(raw.shared_key.read("log_output.shared_key")?),
        address: raw.address,
        queue_bytes: positive_size("log_output.queue_bytes", raw.queue_bytes)?,
        chunk_bytes: positive_size("log_output.chunk_bytes", raw.chunk_bytes)?,
        flush_interval: Duration::from_millis(raw.flush_interval_ms),
        ack_timeout: positive_ms("log_output.ack_timeout_ms", raw.ack_timeout_ms)?,
        retry_min: positive_ms("log_output.retry_min_ms", raw.retry_min_ms)?,
        retry_max: Duration::from_millis(raw.retry_max_ms),
    };
    Ok(raw.enabled.then_some(checked))
}
