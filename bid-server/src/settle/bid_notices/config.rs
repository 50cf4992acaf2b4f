//! `[notices]`, checked.

use std::time::Duration;

/// `[notices]`: win, billing and loss notices that we send to SSPs if a request asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticesConfig {
    /// Whether requests may ask for notices.
    pub enabled: bool,
    /// Whether notices may go to addresses in private networks.
    pub allow_private_addresses: bool,
    /// The longest time for one notice.
    pub timeout: Duration,
    /// How many may be in flight at the same time.
    pub max_concurrent: usize,
    /// How many may wait for their turn.
    pub max_queued: usize,
    /// For how many bids we may wait for a win or an impression.
    pub max_pending: usize,
    /// How long we wait for that.
    pub pending: Duration,
}
