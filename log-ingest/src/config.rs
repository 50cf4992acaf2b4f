//! Settings in two stages: what the file says, and the checked form that the rest sees.
//!
//! This is the one place that reads the file. Sections of receiving come from `log-receiver`,
//! those of tables and queries from here; a key that neither knows stops the start.

mod postgres;
mod query;
mod s3;
mod sql;
mod tables;
mod upkeep;

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use log_receiver::{
    BufferSection, ForwardSection, HttpSection, OutputSection, ReceiverConfig, ReceiverFile,
};

pub use postgres::{PostgresConfig, PostgresSection};
pub use query::QuerySection;
pub use s3::S3Section;
pub use sql::{SqlConfig, SqlSection};
pub use tables::TablesSection;
pub use upkeep::{DerivePace, DeriveSection, MaintainSection, RetentionSection};

use crate::connections::ConnectionLimits;
use crate::maintain::Maintenance;
use crate::query::limits::QueryLimits;
use crate::table::location::LakeAddress;
use crate::table::sink::LandingRules;

/// The file; every section and every key may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigFile {
    /// `[http]`, input.
    pub http: HttpSection,
    /// `[forward]`, input.
    pub forward: ForwardSection,
    /// `[buffer]`
    pub buffer: BufferSection,
    /// `[[output]]`, other systems that events are passed on to.
    pub output: Vec<OutputSection>,
    /// `[tables]`
    pub tables: TablesSection,
    /// `[derive]`
    pub derive: DeriveSection,
    /// `[maintain]`
    pub maintain: MaintainSection,
    /// `[retention]`
    pub retention: RetentionSection,
    /// `[query]`
    pub query: QuerySection,
    /// `[sql]`, SQL over HTTP.
    pub sql: SqlSection,
    /// `[postgres]`, SQL over the Postgres wire.
    pub postgres: PostgresSection,
}

/// Checked settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Inputs and buffer.
    pub receiver: ReceiverConfig,
    /// Place of the tables.
    pub tables: LakeAddress,
    /// What is taken into them.
    pub landing: LandingRules,
    /// When derived tables follow; `None` = not by this instance.
    pub derive: Option<DerivePace>,
    /// How the tables are maintained; `None` = not by this instance.
    pub maintain: Option<Maintenance>,
    /// Limits of queries.
    pub query: QueryLimits,
    /// SQL over HTTP.
    pub sql: SqlConfig,
    /// SQL over the Postgres wire.
    pub postgres: PostgresConfig,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not TOML, or has an unknown key or a value of the wrong type.
    #[error("{path}: {source}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Place and reason.
        source: Box<toml::de::Error>,
    },
    /// A value cannot be used.
    #[error("{key}: {reason}")]
    Value {
        /// Section and key.
        key: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl From<log_receiver::ConfigError> for ConfigError {
    fn from(error: log_receiver::ConfigError) -> Self {
        Self::Value {
            key: error.key,
            reason: error.reason,
        }
    }
}

impl Config {
    /// Settings of a file, or the defaults without one.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(path) = path else {
            return Self::check(ConfigFile::default());
        };
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let file = toml::from_str(&text).map_err(|source| ConfigError::Malformed {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        Self::check(file)
    }

    /// Checks all sections.
    pub fn check(file: ConfigFile) -> Result<Self, ConfigError> {
        let receiver = ReceiverFile {
            http: file.http,
            forward: file.forward,
            buffer: file.buffer,
            output: file.output,
        };
        let (tables, landing) = file.tables.check()?;
        Ok(Self {
            receiver: ReceiverConfig::check(&receiver)?,
            tables,
            landing,
            derive: file.derive.check()?,
            maintain: file.maintain.check(&file.retention)?,
            query: file.query.check()?,
            sql: file.sql.check()?,
            postgres: file.postgres.check()?,
        })
    }
}

/// Caps on connections, each with its key. The cap of one address is never above the total.
fn connection_limits(
    total: (&'static str, usize),
    by_address: (&'static str, usize),
) -> Result<ConnectionLimits, ConfigError> {
    let total = in_range(total.0, total.1, 1..=100_000)?;
    let by_address = in_range(by_address.0, by_address.1, 1..=100_000)?;
    Ok(ConnectionLimits {
        total,
        by_address: by_address.min(total),
    })
}

/// The value, if it is within the bounds.
fn in_range<T: PartialOrd + Display>(
    key: &'static str,
    value: T,
    bounds: RangeInclusive<T>,
) -> Result<T, ConfigError> {
    if bounds.contains(&value) {
        return Ok(value);
    }
    let (low, high) = bounds.into_inner();
    let reason = format!("must be from {low} to {high}, is {value}");
    Err(ConfigError::Value { key, reason })
}

#[cfg(test)]
mod tests;
