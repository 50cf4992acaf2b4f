//! `[sql]`: SQL over HTTP, with the page, status and metrics.

use std::net::SocketAddr;

use super::{ConfigError, connection_limits};
use crate::connections::ConnectionLimits;
use crate::http::{Admission, Hosts, Origins};

/// As in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SqlSection {
    /// Address to listen on. Default "127.0.0.1:8088".
    pub listen: SocketAddr,
    /// Origins whose pages may ask and read the answer, such as `https://example.com`.
    /// Default none.
    pub allowed_origins: Vec<String>,
    /// Names by which clients may call this port, besides addresses and localhost. Default none.
    pub allowed_hosts: Vec<String>,
    /// Connections at the same time; any further one is closed at once. Default 256.
    pub max_connections: usize,
    /// Of these, from one address. Default 128.
    pub max_connections_per_address: usize,
}

impl Default for SqlSection {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8088)),
            allowed_origins: Vec::new(),
            allowed_hosts: Vec::new(),
            max_connections: 256,
            max_connections_per_address: 128,
        }
    }
}

/// Checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlConfig {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Who may ask.
    pub admission: Admission,
    /// Connections at the same time.
    pub connections: ConnectionLimits,
}

impl SqlSection {
    pub(super) fn check(&self) -> Result<SqlConfig, ConfigError> {
        let origins = Origins::parse(&self.allowed_origins);
        let origins = origins.map_err(|bad| ConfigError::Value {
            key: "sql.allowed_origins",
            reason: format!("is not an origin such as https://example.com: {bad}"),
        })?;
        let hosts = Hosts::parse(&self.allowed_hosts);
        let hosts = hosts.map_err(|bad| ConfigError::Value {
            key: "sql.allowed_hosts",
            reason: format!("is not a host name such as lake.example.com: {bad}"),
        })?;
        Ok(SqlConfig {
            listen: self.listen,
            admission: Admission { hosts, origins },
            connections: connection_limits(
                ("sql.max_connections", self.max_connections),
                (
                    "sql.max_connections_per_address",
                    self.max_connections_per_address,
                ),
            )?,
        })
    }
}
