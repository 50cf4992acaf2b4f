//! `[auction]` and `[ssp_client]`: times and sizes.

use std::time::Duration;

use super::check::{permits, positive_ms, positive_size};
use super::{ConfigError, file};
use crate::bidders::ssp_client::SspClientConfig;
use crate::request::AuctionConfig;

/// Nobody waits longer than this for an ad.
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
        max_bidders: positive_size("auction.max_bidders", raw.max_bidders)?,
        max_calls: positive_size("auction.max_calls", raw.max_calls)?,
        require_secure_markup: raw.require_secure_markup,
        strict: raw.strict,
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
