//! Metrics about rows on their way to log-ingest.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;

use crate::metrics::Registry;
use crate::metrics::labels::OutcomeLabel;

/// Counts what happens to queued rows.
#[derive(Debug, Default)]
pub(crate) struct QueueMetrics {
    rows: Family<OutcomeLabel, Counter>,
    bytes: Gauge,
    send_failures: Counter,
}

impl QueueMetrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "bid_server_log_rows",
            "Rows about auctions and bids, by outcome (acknowledged, shed)",
            self.rows.clone(),
        );
        registry.register(
            "bid_server_log_queue_bytes",
            "Rows that wait for log-ingest, in bytes of memory",
            self.bytes.clone(),
        );
        registry.register(
            "bid_server_log_send_failures",
            "Attempts to send rows that got no ack",
            self.send_failures.clone(),
        );
    }

    /// Counts rows that log-ingest has acknowledged.
    pub(super) fn acknowledged(&self, rows: u64) {
        self.count("acknowledged", rows);
    }

    /// Counts rows that were dropped because the queue was full.
    pub(super) fn shed(&self, rows: u64) {
        self.count("shed", rows);
    }

    fn count(&self, outcome: &'static str, rows: u64) {
        self.rows
            .get_or_create(&OutcomeLabel { outcome })
            .inc_by(rows);
    }

    /// Records how many bytes are waiting.
    pub(super) fn holds(&self, bytes: usize) {
        self.bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// Counts an attempt to send that got no ack.
    pub(super) fn send_failed(&self) {
        self.send_failures.inc();
    }
}
