//! `[log_output]`, checked.

use std::time::Duration;

/// `[log_output]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogOutputConfig {
    /// Host and port of a forward receiver.
    pub address: String,
    /// Most that may wait.
    pub queue_bytes: usize,
    /// A chunk of this size is sent at once.
    pub chunk_bytes: usize,
    /// A smaller one after this time.
    pub flush_interval: Duration,
    /// Longest wait for an ack, and for a connection.
    pub ack_timeout: Duration,
    /// First pause after a failure.
    pub retry_min: Duration,
    /// Longest pause.
    pub retry_max: Duration,
}
