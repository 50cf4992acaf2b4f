//! What the tables took in, counted.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::bad_files::BadFiles;
use super::rows::RowCounts;
use super::writer::Landed;

/// Counters of landing, by table or by the reason for quarantine.
#[derive(Debug, Clone, Default)]
pub struct TableMetrics {
    rows: Family<TableLabel, Counter>,
    duplicates: Family<TableLabel, Counter>,
    unknown_fields: Family<TableLabel, Counter>,
    misfit_fields: Family<TableLabel, Counter>,
    quarantined: Family<ReasonLabel, Counter>,
    /// Files that cannot be read.
    pub bad_files: BadFiles,
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
            "Fields kept in attrs because their value does not fit the column's type or range",
            metrics.misfit_fields.clone(),
        );
        registry.register(
            "log_ingest_quarantined_rows",
            "Records kept in quarantine, by the reason that the table has for them",
            metrics.quarantined.clone(),
        );
        registry.register_collector(Box::new(metrics.bad_files.clone()));
        metrics
    }

    pub(super) fn landed(&self, table: &'static str, counts: &RowCounts, landed: Landed) {
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

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TableLabel {
    table: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabel {
    reason: &'static str,
}
