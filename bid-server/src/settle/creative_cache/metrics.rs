//! Metrics about kept creatives.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::metrics::labels::OutcomeLabel;

/// In seconds; memory takes microseconds, a network milliseconds.
const WRITES: [f64; 11] = [
    0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0,
];

/// Counts calls of `/cache` and the creatives of auctions.
#[derive(Debug)]
pub(crate) struct CacheMetrics {
    puts: Family<OutcomeLabel, Counter>,
    writes: Family<StoreLabel, Histogram>,
    gets: Family<OutcomeLabel, Counter>,
    evicted: Counter,
    bytes: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StoreLabel {
    store: &'static str,
}

impl Default for CacheMetrics {
    fn default() -> Self {
        Self {
            puts: Family::default(),
            writes: Family::new_with_constructor(|| Histogram::new(WRITES)),
            gets: Family::default(),
            evicted: Counter::default(),
            bytes: Gauge::default(),
        }
    }
}

impl CacheMetrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "bid_server_cache_puts",
            "Creatives given to the cache, by outcome (stored, failed)",
            self.puts.clone(),
        );
        registry.register(
            "bid_server_cache_write_duration_seconds",
            "From creatives to their ids, or to giving up, by store (memory, redis, external)",
            self.writes.clone(),
        );
        registry.register(
            "bid_server_cache_gets",
            "Creatives fetched from the cache, by outcome (found, missing, failed)",
            self.gets.clone(),
        );
        registry.register(
            "bid_server_cache_evicted",
            "Creatives dropped before their time because the memory was full",
            self.evicted.clone(),
        );
        registry.register(
            "bid_server_cache_bytes",
            "Memory that kept creatives take",
            self.bytes.clone(),
        );
    }

    /// Counts the creatives that one auction or call wanted to store, and records how long that took.
    pub(crate) fn wrote<T, E>(&self, store: &'static str, took: Duration, each: &[Result<T, E>]) {
        if each.is_empty() {
            return;
        }
        let writes = self.writes.get_or_create(&StoreLabel { store });
        writes.observe(took.as_secs_f64());
        for result in each {
            let outcome = if result.is_ok() { "stored" } else { "failed" };
            self.puts.get_or_create(&OutcomeLabel { outcome }).inc();
        }
    }

    /// Counts a lookup of a creative: found, missing or failed.
    pub(crate) fn get(&self, outcome: &'static str) {
        self.gets.get_or_create(&OutcomeLabel { outcome }).inc();
    }

    /// Counts creatives that were evicted early.
    pub(crate) fn evicted(&self, entries: u64) {
        self.evicted.inc_by(entries);
    }

    /// Records how much memory is in use.
    pub(crate) fn holds(&self, bytes: usize) {
        self.bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }
}
