//! How far derived tables are behind what they are derived from: for `/status`, readiness and metrics.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::gauge::ConstGauge;
use tokio::time::Instant;

use crate::table::TableError;

/// Of each derived table, when it was last up to date; clones share it.
#[derive(Debug, Clone, Default)]
pub struct DeriveLag(Arc<Mutex<FollowedTables>>);

/// By name.
type FollowedTables = BTreeMap<&'static str, Followed>;

/// One derived table.
#[derive(Debug, Clone)]
struct Followed {
    /// It had everything that was in its sources at that moment.
    current_at: Instant,
    /// Why the last attempt failed.
    failure: Option<String>,
}

/// A derived table, as `/status` reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableLag {
    /// The table.
    pub table: &'static str,
    /// It has everything that was in its sources this long ago.
    pub behind: Duration,
    /// Why the last attempt to follow failed, if it did.
    pub failure: Option<String>,
}

impl DeriveLag {
    /// From now on the table is followed.
    pub(super) fn watch(&self, table: &'static str) {
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tables.entry(table).or_insert_with(|| Followed {
            current_at: Instant::now(),
            failure: None,
        });
    }

    /// An attempt that began then has ended.
    pub(super) fn ended<T>(
        &self,
        table: &'static str,
        began: Instant,
        result: &Result<T, TableError>,
    ) {
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let followed = tables.entry(table).or_insert_with(|| Followed {
            current_at: began,
            failure: None,
        });
        match result {
            Ok(_) => {
                followed.current_at = began;
                followed.failure = None;
            }
            Err(error) => followed.failure = Some(error.to_string()),
        }
    }

    /// All tables that this instance derives, as they are now.
    pub fn tables(&self) -> Vec<TableLag> {
        self.tables_at(Instant::now())
    }

    fn tables_at(&self, now: Instant) -> Vec<TableLag> {
        let tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lags = tables.iter().map(|(table, followed)| TableLag {
            table,
            behind: now.saturating_duration_since(followed.current_at),
            failure: followed.failure.clone(),
        });
        lags.collect()
    }
}

impl Collector for DeriveLag {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let gauge = ConstGauge::new(0_f64);
        let mut family = encoder.encode_descriptor(
            "log_ingest_derive_lag_seconds",
            "How long ago the derived table had everything that was in its sources",
            None,
            gauge.metric_type(),
        )?;
        for lag in self.tables() {
            let labels = [("table", lag.table)];
            let encoder = family.encode_family(&labels)?;
            ConstGauge::new(lag.behind.as_secs_f64()).encode(encoder)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_behind_from_the_last_attempt_that_went_well() {
        let lag = DeriveLag::default();
        lag.watch("page_views");
        let began = Instant::now();
        lag.ended("page_views", began, &Ok(()));
        let second = Duration::from_secs(1);
        let broken = TableError::Statement {
            table: "page_views",
            reason: "x".to_owned(),
        };
        lag.ended::<()>("page_views", began + second, &Err(broken));
        let [table] = &lag.tables_at(began + 3 * second)[..] else {
            panic!("one table")
        };
        assert_eq!(table.behind, 3 * second);
        assert!(table.failure.is_some());
    }
}
