//! `[forward]`: input for Fluentd, Fluent Bit, their client libraries, and bid-server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use forward_protocol::Limits;

use super::security::{Security, SecuritySection};
use super::tls_files::{TlsFiles, TlsSection};
use crate::receive::connections::ConnectionLimits;
use crate::setting::{ConfigError, millis, positive};
use crate::tag_pattern::TagSet;

/// What only bid-server reports; from anybody else it would be forged.
const SERVER_TAGS: [&str; 3] = ["ads.auction", "ads.bid", "ads.bid_notice"];

/// As in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForwardSection {
    /// Address to listen on, TCP for messages and UDP for heartbeats. Default "127.0.0.1:24224".
    pub listen: SocketAddr,
    /// Connections at the same time; for a further one, the one that has waited longest is closed, or the new one is. Default 1024.
    pub max_connections: u64,
    /// Connections of one address (of IPv6, a /64) at the same time. Default 512.
    pub max_connections_per_address: u64,
    /// Patterns of tags that only servers may send: over this port with a key, a certificate or from this machine, and
    /// over HTTP from programs on this machine. Default: the tags of bid-server.
    pub server_tags: Vec<String>,
    /// Largest message on the wire. Default 32 MiB.
    pub max_message_bytes: u64,
    /// Largest compressed message once inflated. Default 64 MiB.
    pub max_inflated_bytes: u64,
    /// MessagePack items in one message. Default 4194304.
    pub max_items: u64,
    /// Arrays and maps inside each other in one message. Default 64.
    pub max_depth: u64,
    /// A connection on which nothing happens is closed after this time. Default 600000.
    pub idle_timeout_ms: u64,
    /// A message that has begun must go on within this time, and a client must read its acks. Default 30000.
    pub stall_timeout_ms: u64,
    /// Unix socket to listen on as well. Default: none.
    pub unix_socket: Option<PathBuf>,
    /// Who may connect to it, as permissions of a file in octal. Default "0600".
    pub unix_permissions: String,
    /// `[forward.security]`
    pub security: SecuritySection,
    /// `[forward.tls]`
    pub tls: TlsSection,
}

impl Default for ForwardSection {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 24224)),
            max_connections: 1024,
            max_connections_per_address: 512,
            server_tags: SERVER_TAGS.map(str::to_owned).to_vec(),
            max_message_bytes: 32 << 20,
            max_inflated_bytes: 64 << 20,
            max_items: 4 << 20,
            max_depth: 64,
            idle_timeout_ms: 600_000,
            stall_timeout_ms: 30_000,
            unix_socket: None,
            unix_permissions: "0600".to_owned(),
            security: SecuritySection::default(),
            tls: TlsSection::default(),
        }
    }
}

/// A socket's file and its permissions.
pub type UnixPath = (PathBuf, u32);

/// Checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardConfig {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Connections at the same time.
    pub connections: ConnectionLimits,
    /// Tags that only servers may send.
    pub server_tags: TagSet,
    /// Caps of one message.
    pub limits: Limits,
    /// A connection on which nothing happens is closed after this time.
    pub idle_timeout: Duration,
    /// A message that has begun must go on within this time.
    pub stall_timeout: Duration,
    /// Unix socket to listen on as well, and its permissions.
    pub unix_socket: Option<UnixPath>,
    /// Keys that are asked for.
    pub security: Option<Security>,
    /// Certificates of the port.
    pub tls: Option<TlsFiles>,
}

impl ForwardConfig {
    pub(crate) fn check(section: &ForwardSection) -> Result<Self, ConfigError> {
        let max_depth = positive("forward.max_depth", section.max_depth)?;
        if !(4..=128).contains(&max_depth) {
            let reason = format!("must be from 4 to 128, is {max_depth}");
            return Err(ConfigError {
                key: "forward.max_depth",
                reason,
            });
        }
        positive("forward.max_items", section.max_items)?;
        Ok(Self {
            listen: section.listen,
            connections: ConnectionLimits {
                all: positive("forward.max_connections", section.max_connections)?,
                per_client: positive(
                    "forward.max_connections_per_address",
                    section.max_connections_per_address,
                )?,
            },
            server_tags: TagSet::check("forward.server_tags", &section.server_tags)?,
            limits: Limits {
                max_frame_bytes: positive("forward.max_message_bytes", section.max_message_bytes)?,
                max_items: section.max_items,
                max_depth,
                max_inflated_bytes: positive(
                    "forward.max_inflated_bytes",
                    section.max_inflated_bytes,
                )?,
            },
            idle_timeout: millis("forward.idle_timeout_ms", section.idle_timeout_ms)?,
            stall_timeout: millis("forward.stall_timeout_ms", section.stall_timeout_ms)?,
            unix_socket: unix_socket(section)?,
            security: Security::check(&section.security)?,
            tls: TlsFiles::check(&section.tls)?,
        })
    }
}

fn unix_socket(section: &ForwardSection) -> Result<Option<UnixPath>, ConfigError> {
    let mode = u32::from_str_radix(&section.unix_permissions, 8)
        .ok()
        .filter(|mode| *mode <= 0o777)
        .ok_or_else(|| ConfigError {
            key: "forward.unix_permissions",
            reason: format!(
                "must be octal up to 0777, is {:?}",
                section.unix_permissions
            ),
        })?;
    Ok(section.unix_socket.clone().map(|path| (path, mode)))
}
