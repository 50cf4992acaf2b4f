//! How deriving goes, counted.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::lag::DeriveLag;

/// What could not be derived, and how far derived tables are behind.
#[derive(Debug, Clone, Default)]
pub struct DeriveMetrics {
    failures: Family<TableLabel, Counter>,
    set_aside: Family<TableLabel, Counter>,
    /// Of each derived table, when it was last up to date.
    pub lag: DeriveLag,
}

impl DeriveMetrics {
    /// Metrics that show up in the registry.
    pub fn registered(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        registry.register(
            "log_ingest_derive_failures",
            "Attempts to bring a derived table up to date that failed; each is tried again",
            metrics.failures.clone(),
        );
        registry.register(
            "log_ingest_derive_set_aside",
            "Page views, or hours of a roll-up, that a derived table lacks because they cannot be derived",
            metrics.set_aside.clone(),
        );
        registry.register_collector(Box::new(metrics.lag.clone()));
        metrics
    }

    pub(super) fn failed(&self, table: &'static str) {
        self.failures.get_or_create(&TableLabel { table }).inc();
    }

    pub(super) fn set_aside(&self, table: &'static str, keys: usize) {
        let keys = u64::try_from(keys).unwrap_or(u64::MAX);
        let label = TableLabel { table };
        self.set_aside.get_or_create(&label).inc_by(keys);
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TableLabel {
    table: &'static str,
}
