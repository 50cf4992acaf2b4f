//! `[http]`: input for browsers and for whoever speaks HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use super::{ConfigError, millis, positive};

/// As in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpSection {
    /// Address to listen on. Default "127.0.0.1:9880".
    pub listen: SocketAddr,
    /// Largest body on the wire. Default 4 MiB.
    pub max_body_bytes: u64,
    /// Largest body after gzip is undone. Default 16 MiB.
    pub max_inflated_bytes: u64,
    /// Connections at the same time; further ones wait. Default 1024.
    pub max_connections: u64,
    /// A body must have arrived after so long. Default 10000.
    pub body_timeout_ms: u64,
    /// A connection on which nothing arrives is closed after so long. Default 60000.
    pub idle_timeout_ms: u64,
}

impl Default for HttpSection {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9880)),
            max_body_bytes: 4 << 20,
            max_inflated_bytes: 16 << 20,
            max_connections: 1024,
            body_timeout_ms: 10_000,
            idle_timeout_ms: 60_000,
        }
    }
}

/// Checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpConfig {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Largest body on the wire.
    pub max_body_bytes: usize,
    /// Largest body after gzip is undone.
    pub max_inflated_bytes: usize,
    /// Connections at the same time.
    pub max_connections: usize,
    /// A body must have arrived after so long.
    pub body_timeout: Duration,
    /// A connection on which nothing arrives is closed after so long.
    pub idle_timeout: Duration,
}

impl HttpConfig {
    pub(super) fn check(section: &HttpSection) -> Result<Self, ConfigError> {
        Ok(Self {
            listen: section.listen,
            max_body_bytes: positive("http.max_body_bytes", section.max_body_bytes)?,
            max_inflated_bytes: positive("http.max_inflated_bytes", section.max_inflated_bytes)?,
            max_connections: positive("http.max_connections", section.max_connections)?,
            body_timeout: millis("http.body_timeout_ms", section.body_timeout_ms)?,
            idle_timeout: millis("http.idle_timeout_ms", section.idle_timeout_ms)?,
        })
    }
}
