//! `[http]`: input for browsers and everything else that speaks HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use super::allowed_origins::Origins;
use crate::receive::connections::ConnectionLimits;
use crate::setting::{ConfigError, Network, millis, positive};
use crate::tag_pattern::TagSet;

/// As in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpSection {
    /// Address to listen on. Default "127.0.0.1:9880".
    pub listen: SocketAddr,
    /// Largest body on the wire. Default 4 MiB.
    pub max_body_bytes: u64,
    /// Largest body after its compression is undone. Default 16 MiB.
    pub max_inflated_bytes: u64,
    /// Connections at the same time; for a further one, the one that has waited longest is closed, or it waits. Default 1024.
    pub max_connections: u64,
    /// Connections of one address (of IPv6, a /64) at the same time; a trusted proxy may have any number.
    /// Default 256.
    pub max_connections_per_address: u64,
    /// The head of a request must have arrived within this time. Default 10000.
    pub head_timeout_ms: u64,
    /// A body must have arrived within this time. Default 10000.
    pub body_timeout_ms: u64,
    /// A connection on which nothing arrives is closed after this time. Default 60000.
    pub idle_timeout_ms: u64,
    /// Patterns of the tags that the port takes, as Fluentd has them; those of `forward.server_tags` only from programs on
    /// this machine. Default ["**"].
    pub tags: Vec<String>,
    /// Origins whose pages may send, each with at most one `*` in it. Default ["*"].
    pub allowed_origins: Vec<String>,
    /// Requests per second of one client over a longer time; 0 = no limit. Default 0.
    pub rate_per_second: u32,
    /// Requests that one client may send at once. Default 100.
    pub rate_burst: u32,
    /// Proxies, as addresses or ranges, whose `X-Forwarded-For` is believed. Default [].
    pub trusted_proxies: Vec<String>,
    /// Field to put the client's shortened address into (IPv4 /24, IPv6 /48); empty = nowhere. Default "".
    pub remote_address_field: String,
}

impl Default for HttpSection {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9880)),
            max_body_bytes: 4 << 20,
            max_inflated_bytes: 16 << 20,
            max_connections: 1024,
            max_connections_per_address: 256,
            head_timeout_ms: 10_000,
            body_timeout_ms: 10_000,
            idle_timeout_ms: 60_000,
            tags: vec!["**".to_owned()],
            allowed_origins: vec!["*".to_owned()],
            rate_per_second: 0,
            rate_burst: 100,
            trusted_proxies: Vec::new(),
            remote_address_field: String::new(),
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
    /// Largest body after its compression is undone.
    pub max_inflated_bytes: usize,
    /// Connections at the same time.
    pub connections: ConnectionLimits,
    /// The head of a request must have arrived within this time.
    pub head_timeout: Duration,
    /// A body must have arrived within this time.
    pub body_timeout: Duration,
    /// A connection on which nothing arrives is closed after this time.
    pub idle_timeout: Duration,
    /// The tags that the port takes.
    pub tags: TagSet,
    /// Whose pages may send.
    pub origins: Origins,
    /// How much one client may send.
    pub rate: Option<RateLimit>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Field to put the client's shortened address into.
    pub remote_address_field: Option<String>,
}

/// Requests of one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Over a longer time.
    pub per_second: u32,
    /// At once.
    pub burst: u32,
}

impl HttpConfig {
    pub(crate) fn check(section: &HttpSection) -> Result<Self, ConfigError> {
        Ok(Self {
            listen: section.listen,
            max_body_bytes: positive("http.max_body_bytes", section.max_body_bytes)?,
            max_inflated_bytes: positive("http.max_inflated_bytes", section.max_inflated_bytes)?,
            connections: ConnectionLimits {
                all: positive("http.max_connections", section.max_connections)?,
                per_client: positive(
                    "http.max_connections_per_address",
                    section.max_connections_per_address,
                )?,
            },
            head_timeout: millis("http.head_timeout_ms", section.head_timeout_ms)?,
            body_timeout: millis("http.body_timeout_ms", section.body_timeout_ms)?,
            idle_timeout: millis("http.idle_timeout_ms", section.idle_timeout_ms)?,
            tags: TagSet::check("http.tags", &section.tags)?,
            origins: Origins::check(&section.allowed_origins)?,
            rate: rate(section)?,
            trusted_proxies: proxies(section)?,
            remote_address_field: Some(section.remote_address_field.clone())
                .filter(|name| !name.is_empty()),
        })
    }
}

fn rate(section: &HttpSection) -> Result<Option<RateLimit>, ConfigError> {
    positive("http.rate_burst", u64::from(section.rate_burst))?;
    Ok((section.rate_per_second > 0).then_some(RateLimit {
        per_second: section.rate_per_second,
        burst: section.rate_burst,
    }))
}

fn proxies(section: &HttpSection) -> Result<Vec<Network>, ConfigError> {
    let networks = section.trusted_proxies.iter().map(|text| {
        Network::parse(text).ok_or_else(|| ConfigError {
            key: "http.trusted_proxies",
            reason: format!("{text:?} is neither an address nor a range"),
        })
    });
    networks.collect()
}
