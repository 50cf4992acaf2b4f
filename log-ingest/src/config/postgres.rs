//! `[postgres]`: SQL over the Postgres wire.

use std::net::SocketAddr;

use super::{ConfigError, in_range};
use crate::postgres::startup::Login;

/// As in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PostgresSection {
    /// Address to listen on. Default "127.0.0.1:5433".
    pub listen: SocketAddr,
    /// Connections at the same time; further ones are closed at once. Default 32.
    pub max_connections: usize,
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
    /// Connections at the same time.
    pub max_connections: usize,
    /// What every client must give, if anything.
    pub login: Option<Login>,
}

impl PostgresSection {
    pub(super) fn check(self) -> Result<PostgresConfig, ConfigError> {
        let key = "postgres.max_connections";
        let max_connections = in_range(key, self.max_connections, 1..=100_000)?;
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
            max_connections,
            login,
        })
    }
}
