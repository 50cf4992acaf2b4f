//! `[ssp_client]`, checked.

use std::time::Duration;

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
