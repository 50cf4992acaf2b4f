//! `[ssp_client]`, checked.

use std::time::Duration;

/// `[ssp_client]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SspClientConfig {
    /// The longest time that connecting may take.
    pub connect_timeout: Duration,
    /// Idle connections kept open per SSP.
    pub idle_connections_per_host: usize,
    /// How long they are kept open.
    pub idle_timeout: Duration,
    /// A longer answer counts as invalid.
    pub max_response_bytes: usize,
}
