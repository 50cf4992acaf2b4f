//! The registry of the process: the metrics of all parts in one place.
//!
//! Each part owns its metrics and counts into them; this is only where they are put together and written
//! out. Those of receiving are in `log-receiver`.

use std::sync::Arc;

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use crate::connections::ConnectionMetrics;
use crate::derive::metrics::DeriveMetrics;
use crate::query::metrics::QueryMetrics;
use crate::table::metrics::TableMetrics;

/// The metrics of all parts.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// Of receiving.
    pub receiver: log_receiver::Metrics,
    /// Of landing.
    pub tables: TableMetrics,
    /// Of deriving.
    pub derive: DeriveMetrics,
    /// Of queries.
    pub queries: QueryMetrics,
    /// Of connections to the ports of queries.
    pub connections: ConnectionMetrics,
    /// All of them, to be written out.
    pub page: MetricsPage,
}

impl Metrics {
    /// All metrics, registered.
    pub fn register() -> Self {
        let mut registry = Registry::default();
        Self {
            receiver: log_receiver::Metrics::register(&mut registry),
            tables: TableMetrics::registered(&mut registry),
            derive: DeriveMetrics::registered(&mut registry),
            queries: QueryMetrics::registered(&mut registry),
            connections: ConnectionMetrics::registered(&mut registry),
            page: MetricsPage(Arc::new(registry)),
        }
    }
}

/// What `GET /metrics` answers with.
#[derive(Debug, Clone)]
pub struct MetricsPage(Arc<Registry>);

impl MetricsPage {
    /// The page of a registry.
    pub fn of(registry: Registry) -> Self {
        Self(Arc::new(registry))
    }

    /// All metrics, as text in the format `OpenMetrics`.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0)?;
        Ok(text)
    }
}
