//! `[auction]`, checked: times and sizes.

use std::time::Duration;

/// `[auction]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuctionConfig {
    /// Time allowed if the request sets no tmax.
    pub default_tmax: Duration,
    /// The longest time that a request can get.
    pub max_tmax: Duration,
    /// Kept back from tmax for writing the answer.
    pub answer_reserve: Duration,
    /// Kept back from the tmax that SSPs see.
    pub ssp_network: Duration,
    /// An SSP whose tmax would be lower than this is not asked.
    pub min_ssp: Duration,
    /// Auctions held at the same time.
    pub max_open: usize,
    /// How long a request waits for one of them to end.
    pub queue: Duration,
    /// The largest request body, inflated.
    pub max_body_bytes: usize,
    /// The longest time that sending a body may take.
    pub body_timeout: Duration,
    /// The most imps in a request.
    pub max_imps: usize,
    /// The most names under which bidders are asked in one auction.
    pub max_bidders: usize,
    /// The most calls in one auction.
    pub max_calls: usize,
    /// Whether insecure markup is dropped if `imp.secure` is 1.
    pub require_secure_markup: bool,
    /// A single faulty bidder or imp refuses the whole request, instead of being left out.
    pub strict: bool,
}
