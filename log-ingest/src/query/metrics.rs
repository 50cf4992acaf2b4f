//! How queries fared, counted.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::outcome::QueryOutcome;

/// Statements and their duration, by interface.
#[derive(Debug, Clone)]
pub struct QueryMetrics {
    queries: Family<QueryLabel, Counter>,
    duration: Family<InterfaceLabel, Histogram>,
}

impl QueryMetrics {
    /// Metrics that show up in the registry.
    pub fn registered(registry: &mut Registry) -> Self {
        let metrics = Self {
            queries: Family::default(),
            duration: Family::new_with_constructor(|| Histogram::new(SECONDS)),
        };
        registry.register(
            "log_ingest_queries",
            "Statements by interface and outcome",
            metrics.queries.clone(),
        );
        registry.register(
            "log_ingest_query_duration_seconds",
            "Time from a statement's arrival to its answer, or to its first row over the Postgres wire",
            metrics.duration.clone(),
        );
        metrics
    }

    pub(crate) fn observe(&self, interface: Interface, outcome: QueryOutcome, took: Duration) {
        let (interface, outcome) = (interface.name(), outcome.name());
        let label = QueryLabel { interface, outcome };
        self.queries.get_or_create(&label).inc();
        let label = InterfaceLabel { interface };
        self.duration
            .get_or_create(&label)
            .observe(took.as_secs_f64());
    }
}

/// Where a statement came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interface {
    /// `POST /query` and `GET /query`.
    Http,
    /// The Postgres wire.
    Postgres,
}

impl Interface {
    const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Postgres => "postgres",
        }
    }
}

const SECONDS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0,
];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QueryLabel {
    interface: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InterfaceLabel {
    interface: &'static str,
}
