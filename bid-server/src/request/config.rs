//! `[auction]`, checked: times and sizes.

use std::time::Duration;

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
