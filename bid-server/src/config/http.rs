//! `[listen]`, `[compression]` and `[status]`, checked. They belong to the server, but are defined here
//! because the server imports the whole configuration.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;

/// `[listen]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenConfig {
    /// The address for auctions.
    pub http: SocketAddr,
    /// The address for metrics and status.
    pub admin: SocketAddr,
    /// Names under which operators reach the admin listener, besides its address and `localhost`.
    pub admin_hosts: Arc<[String]>,
    /// The most connections that may be open at the same time.
    pub max_connections: usize,
    /// The longest time that sending the head of a request may take.
    pub head_timeout: Duration,
    /// The longest pause between two requests on a connection.
    pub idle_timeout: Duration,
    /// The largest head of a request.
    pub max_head_bytes: usize,
    /// The longest path, including the query.
    pub max_target_bytes: usize,
    /// Proxies that are trusted to name the client's address.
    pub trusted_proxies: Vec<IpNet>,
}

/// `[compression]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompressionConfig {
    /// Whether answers are compressed for clients that accept it.
    pub enabled: bool,
    /// Smaller answers are sent uncompressed.
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
