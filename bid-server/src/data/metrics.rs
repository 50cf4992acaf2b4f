//! Metrics about what is fetched outside of auctions: exchange rates, floors, stored data.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::metrics::labels::{DataLabel, histogram};

/// Fetches, by what is fetched.
#[derive(Debug)]
pub(crate) struct FetchMetrics {
    fetches: Family<FetchLabels, Counter>,
    duration: Family<DataLabel, Histogram>,
    faults: Family<DataLabel, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FetchLabels {
    data: &'static str,
    outcome: &'static str,
}

impl Default for FetchMetrics {
    fn default() -> Self {
        Self {
            fetches: Family::default(),
            duration: Family::new_with_constructor(histogram),
            faults: Family::default(),
        }
    }
}

impl FetchMetrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "bid_server_fetches",
            "Fetches of data, by data (floors, rates, stored_data) and outcome (fetched, timed_out, unreachable, status, too_large, unusable)",
            self.fetches.clone(),
        );
        registry.register(
            "bid_server_fetch_duration_seconds",
            "From the question's start to the whole answer, or to giving up",
            self.duration.clone(),
        );
        registry.register(
            "bid_server_data_faults",
            "Files or answers with data that cannot be used, by data (accounts, stored_data)",
            self.faults.clone(),
        );
    }

    /// Counts a file or an answer that cannot be used; the previous data stays.
    pub(crate) fn data_fault(&self, data: &'static str) {
        self.faults.get_or_create(&DataLabel { data }).inc();
    }

    /// Counts a finished fetch.
    pub(crate) fn done(&self, data: &'static str, outcome: &'static str, took: Duration) {
        let labels = FetchLabels { data, outcome };
        self.fetches.get_or_create(&labels).inc();
        let duration = self.duration.get_or_create(&DataLabel { data });
        duration.observe(took.as_secs_f64());
    }
}
