//! `[postgres]`: SQL over the Postgres wire.

use std::net::SocketAddr;

use super::{ConfigError, connection_limits};
use crate::connections::ConnectionLimits;
use crate::postgres::startup::Login;

/// As in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PostgresSection {
    /// Address to listen on. Default "127.0.0.1:5433".
    pub listen: SocketAddr,
    /// Sessions at the same time, each with a process of its own; any further one is refused. Default 32.
    pub max_connections: usize,
    /// Of these, from one address. Default 24.
    pub max_connections_per_address: usize,
    /// User who must give the password. Default "analyst".
    pub user: String,
    /// The password (SCRAM-SHA-256); empty lets everybody in, under any name. Default "".
    pub password: String,
}

impl Default for PostgresSection {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 5433)),
            max_connections: 32,
            max_connections_per_address: 24,
            user: "analyst".to_owned(),
            password: String::new(),
        }
    }
}

/// Checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresConfig {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Sessions at the same time.
    pub connections: ConnectionLimits,
    /// What every client must give, if anything.
    pub login: Option<Login>,
}

impl PostgresSection {
    pub(super) fn check(self) -> Result<PostgresConfig, ConfigError> {
        let connections = connection_limits(
            ("postgres.max_connections", self.max_connections),
            (
                "postgres.max_connections_per_address",
                self.max_connections_per_address,
            ),
        )?;
        if !self.password.is_empty() && self.user.is_empty() {
            return Err(ConfigError::Value {
                key: "postgres.user",
                reason: "must not be empty where there is a password".to_owned(),
            });
        }
        let login = (!self.password.is_empty()).then_some(Login {
            user: self.user,
            password: self.password,
        });
        Ok(PostgresConfig {
            listen: self.listen,
            connections,
            login,
        })
    }
}
