//! `[notices]`, checked.

use std::time::Duration;

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
