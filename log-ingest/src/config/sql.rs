//! `[sql]`: SQL over HTTP, with the page, status and metrics.

use std::net::SocketAddr;

use super::ConfigError;
use crate::http::Origins;

/// As in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SqlSection {
    /// Address to listen on. Default "127.0.0.1:8088".
    pub listen: SocketAddr,
    /// Origins whose pages may ask and read the answer, such as `https://example.com`.
    /// Default none.
    pub allowed_origins: Vec<String>,
}

impl Default for SqlSection {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8088)),
            allowed_origins: Vec::new(),
        }
    }
}

/// Checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlConfig {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Origins whose pages may ask.
    pub origins: Origins,
}

impl SqlSection {
    pub(super) fn check(&self) -> Result<SqlConfig, ConfigError> {
        let origins = Origins::parse(&self.allowed_origins);
        let origins = origins.map_err(|bad| ConfigError::Value {
            key: "sql.allowed_origins",
            reason: format!("is not an origin such as https://example.com: {bad}"),
        })?;
        Ok(SqlConfig {
            listen: self.listen,
            origins,
        })
    }
}
