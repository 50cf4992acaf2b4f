//! `[query]`: how much a query may take, whichever way it came.

use std::time::Duration;

use super::{ConfigError, in_range};
use crate::query::limits::QueryLimits;

/// As in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QuerySection {
    /// A query is stopped after this time. Default 30000.
    pub timeout_ms: u64,
    /// Rows of an answer; a query with more fails. Default 100000.
    pub max_rows: usize,
    /// Memory of all running queries together, MiB. Default 512.
    pub memory_mb: usize,
    /// Queries that run at the same time; others wait. Default 4.
    pub max_concurrent: usize,
}

impl Default for QuerySection {
    fn default() -> Self {
        Self {
            timeout_ms: 30_000,
            max_rows: 100_000,
            memory_mb: 512,
            max_concurrent: 4,
        }
    }
}

impl QuerySection {
    pub(super) fn check(&self) -> Result<QueryLimits, ConfigError> {
        let timeout = in_range("query.timeout_ms", self.timeout_ms, 1..=86_400_000)?;
        Ok(QueryLimits {
            timeout: Duration::from_millis(timeout),
            max_rows: in_range("query.max_rows", self.max_rows, 1..=100_000_000)?,
            memory: in_range("query.memory_mb", self.memory_mb, 1..=1 << 20)? << 20,
            concurrent: in_range("query.max_concurrent", self.max_concurrent, 1..=1000)?,
            plan_keeps_versions: Duration::from_secs(2),
        })
    }
}
