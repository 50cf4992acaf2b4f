//! `[auction]` and `[ssp_client]`: times and sizes.

use std::time::Duration;

use super::check::{permits, positive_ms, positive_size};
use super::{ConfigError, file};

/// `[auction]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuctionConfig {
    /// Allowed where the request names no tmax.
    pub default_tmax: Duration,
    /// Most that a request gets.
    pub max_tmax: Duration,
    /// Kept back from tmax to write the answer.
    pub answer_reserve: Duration,
    /// Kept back from the tmax that SSPs are told.
    pub ssp_network: Duration,
    /// An SSP that could be told less than this is not asked.
    pub min_ssp: Duration,
    /// Auctions held at the same time.
    pub max_open: usize,
    /// How long a request waits for one of them to end.
    pub queue: Duration,
    /// Largest request body, after gzip.
    pub max_body_bytes: usize,
    /// Longest time to send a body.
    pub body_timeout: Duration,
    /// Most imps in a request.
    pub max_imps: usize,
    /// Drop insecure markup where `imp.secure` is 1.
    pub require_secure_markup: bool,
}

/// `[compression]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompressionConfig {
    /// Whether answers are compressed for clients that accept it.
    pub enabled: bool,
    /// Smaller answers are sent as they are.
    pub min_bytes: usize,
}

/// `[ssp_client]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SspClientConfig {
    /// Longest time to connect.
    pub connect_timeout: Duration,
    /// Connections kept open per SSP while idle.
    pub idle_connections_per_host: usize,
    /// How long they are kept.
    pub idle_timeout: Duration,
    /// A longer answer counts as invalid.
    pub max_response_bytes: usize,
}

/// Nobody waits longer for an ad.
const LONGEST_TMAX_MS: u64 = 60_000;

pub(super) fn check_auction(raw: &file::Auction) -> Result<AuctionConfig, ConfigError> {
    if raw.max_tmax_ms > LONGEST_TMAX_MS {
        let problem = format!("must not exceed {LONGEST_TMAX_MS}");
        return Err(ConfigError::invalid("auction.max_tmax_ms", problem));
    }
    if raw.default_tmax_ms > raw.max_tmax_ms {
        let problem = format!("must not exceed max_tmax_ms, which is {}", raw.max_tmax_ms);
        return Err(ConfigError::invalid("auction.default_tmax_ms", problem));
    }
    Ok(AuctionConfig {
        default_tmax: positive_ms("auction.default_tmax_ms", raw.default_tmax_ms)?,
        max_tmax: positive_ms("auction.max_tmax_ms", raw.max_tmax_ms)?,
        answer_reserve: Duration::from_millis(raw.answer_reserve_ms),
        ssp_network: Duration::from_millis(raw.ssp_network_ms),
        min_ssp: Duration::from_millis(raw.min_ssp_ms),
        max_open: permits("auction.max_open", raw.max_open)?,
        queue: Duration::from_millis(raw.queue_ms),
        max_body_bytes: positive_size("auction.max_body_bytes", raw.max_body_bytes)?,
        body_timeout: positive_ms("auction.body_timeout_ms", raw.body_timeout_ms)?,
        max_imps: positive_size("auction.max_imps", raw.max_imps)?,
        require_secure_markup: raw.require_secure_markup,
    })
}

pub(super) fn check_client(raw: &file::SspClient) -> Result<SspClientConfig, ConfigError> {
    Ok(SspClientConfig {
        connect_timeout: positive_ms("ssp_client.connect_timeout_ms", raw.connect_timeout_ms)?,
        idle_connections_per_host: raw.idle_connections_per_host,
        idle_timeout: Duration::from_millis(raw.idle_timeout_ms),
        max_response_bytes: positive_size("ssp_client.max_response_bytes", raw.max_response_bytes)?,
    })
}
