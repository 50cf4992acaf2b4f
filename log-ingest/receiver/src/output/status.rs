//! What `/status` and the metrics say about outputs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::metrics::OutputMetrics;
use crate::buffer::Ledger;
use crate::clock::now_micros;

/// How often the gauges are brought up to date.
const MEASURE_EVERY: Duration = Duration::from_secs(1);

/// All outputs.
#[derive(Debug, Clone)]
pub(crate) struct Statuses {
    pub(super) ledger: Arc<Ledger>,
    pub(super) names: Arc<[String]>,
    pub(super) errors: Arc<[LastError]>,
    pub(super) metrics: OutputMetrics,
}

/// Why the last attempt failed; `None` = it did not.
#[derive(Debug, Clone, Default)]
pub(super) struct LastError(Arc<Mutex<Option<String>>>);

impl LastError {
    pub(super) fn set(&self, error: Option<String>) {
        *self.lock() = error;
    }

    fn get(&self) -> Option<String> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Statuses {
    /// A list with one object for each.
    pub(crate) fn json(&self) -> Value {
        let each = self.names.iter().zip(self.errors.iter()).enumerate();
        each.map(|(output, (name, error))| {
            let (bytes, seconds) = self.lag(output);
            let error = error.get();
            let state = match (&error, bytes) {
                (Some(_), _) => "retrying",
                (None, 0) => "idle",
                (None, _) => "sending",
            };
            json!({"name": name, "state": state, "lag_bytes": bytes, "lag_seconds": seconds, "error": error})
        })
        .collect()
    }

    /// Keeps the gauges up to date, forever.
    pub(crate) async fn watch(self) {
        let mut ticks = tokio::time::interval(MEASURE_EVERY);
        loop {
            ticks.tick().await;
            self.measure();
        }
    }

    /// Brings the gauges up to date.
    pub(crate) fn measure(&self) {
        for (output, name) in self.names.iter().enumerate() {
            let (bytes, seconds) = self.lag(output);
            self.metrics.lag(name, bytes, seconds);
        }
    }

    /// Bytes of segments, and how old the oldest is in whole seconds.
    fn lag(&self, output: usize) -> (u64, i64) {
        let lag = self.ledger.lag(output);
        let since = lag.since_us.unwrap_or(i64::MAX);
        let age_us = now_micros().saturating_sub(since).max(0);
        (lag.bytes, age_us / 1_000_000)
    }
}
