//! `[listen]`, `[compression]` and `[status]`, checked. They stand here because the server, whose they are, stands above the
//! configuration: it takes it whole.

use std::net::SocketAddr;
use std::time::Duration;

use ipnet::IpNet;

/// `[listen]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenConfig {
    /// Auctions.
    pub http: SocketAddr,
    /// Metrics and status.
    pub admin: SocketAddr,
    /// Connections open at the same time.
    pub max_connections: usize,
    /// Longest time to send the head of a request.
    pub head_timeout: Duration,
    /// Longest pause between requests of a connection.
    pub idle_timeout: Duration,
    /// Largest head of a request.
    pub max_head_bytes: usize,
    /// Longest path with query.
    pub max_target_bytes: usize,
    /// Who may say on whose behalf it asks.
    pub trusted_proxies: Vec<IpNet>,
}

/// `[compression]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompressionConfig {
    /// Whether answers are compressed for clients that accept it.
    pub enabled: bool,
    /// Smaller answers are sent as they are.
    pub min_bytes: usize,
}

/// `[status]`: what `/status` answers while the server takes auctions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusAnswer {
    /// Status and version, as JSON.
    Known,
    /// 204.
    Nothing,
    /// This text.
    Text(String),
}
