//! `[log_output]`, checked.

use std::time::Duration;

use super::handshake::SharedKey;

/// `[log_output]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogOutputConfig {
    /// Host and port of a forward-protocol receiver.
    pub address: String,
    /// Proves that we are a server, to a receiver that knows it too.
    pub shared_key: Option<SharedKey>,
    /// The most bytes that may wait.
    pub queue_bytes: usize,
    /// A chunk of this size is sent at once.
    pub chunk_bytes: usize,
    /// A smaller chunk is sent after this time.
    pub flush_interval: Duration,
    /// The longest wait for an ack, and for a connection.
    pub ack_timeout: Duration,
    /// The first pause after a failure.
    pub retry_min: Duration,
    /// The longest pause.
    pub retry_max: Duration,
}
