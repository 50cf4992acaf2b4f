//! All metrics of the tables and of the queries. Those of receiving are in `log-receiver`.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::table::rows::RowCounts;
use crate::table::writer::Landed;

/// What the tables took in.
#[derive(Debug, Clone, Default)]
pub struct TableMetrics {
    rows: Family<TableLabel, Counter>,
    duplicates: Family<TableLabel, Counter>,
    unknown_fields: Family<TableLabel, Counter>,
    misfit_fields: Family<TableLabel, Counter>,
    quarantined: Family<ReasonLabel, Counter>,
}

impl TableMetrics {
    /// Metrics that show up in the registry.
    pub fn registered(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        registry.register(
            "log_ingest_landed_rows",
            "Rows committed to a table",
            metrics.rows.clone(),
        );
        registry.register(
            "log_ingest_duplicate_rows",
            "Records left out because their event_id or their segment was in the table already",
            metrics.duplicates.clone(),
        );
        registry.register(
            "log_ingest_unknown_fields",
            "Fields kept in attrs because the table has no column of their name",
            metrics.unknown_fields.clone(),
        );
        registry.register(
            "log_ingest_misfit_fields",
            "Fields kept in attrs because their value does not fit the column's type",
            metrics.misfit_fields.clone(),
        );
        registry.register(
            "log_ingest_quarantined_rows",
            "Records kept in quarantine, by the reason that the table has for them",
            metrics.quarantined.clone(),
        );
        metrics
    }

    pub(crate) fn landed(&self, table: &'static str, counts: &RowCounts, landed: Landed) {
        let label = TableLabel { table };
        let add = |family: &Family<TableLabel, Counter>, count: usize| {
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            family.get_or_create(&label).inc_by(count);
        };
        add(&self.rows, landed.stored);
        add(&self.duplicates, landed.duplicates);
        add(&self.unknown_fields, counts.unknown_fields);
        add(&self.misfit_fields, counts.misfit_fields);
        for (reason, count) in &counts.reasons {
            let count = u64::try_from(*count).unwrap_or(u64::MAX);
            let label = ReasonLabel { reason };
            self.quarantined.get_or_create(&label).inc_by(count);
        }
    }
}

/// How queries fared.
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

    pub(crate) fn observe(&self, interface: Interface, outcome: &'static str, took: Duration) {
        let interface = interface.name();
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
struct TableLabel {
    table: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabel {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QueryLabel {
    interface: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InterfaceLabel {
    interface: &'static str,
}
