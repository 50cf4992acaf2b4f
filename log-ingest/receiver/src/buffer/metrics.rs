//! Metrics of the buffer, and whether its disk works; docs/forward-protocol.md lists them.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// Which part of a segment's file was damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum DamagedPart {
    /// Only its header; all records were read.
    Header,
    /// So much of it that no record was found.
    File,
}

impl EncodeLabelValue for DamagedPart {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        let label = match self {
            Self::Header => "header",
            Self::File => "file",
        };
        label.encode(encoder)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DamageLabels {
    part: DamagedPart,
}

/// Handles; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct BufferMetrics {
    buffered_bytes: Gauge,
    waiting_segments: Gauge,
    torn_bytes: Counter,
    commit_duration: Histogram,
    disk_failures: Counter,
    damaged_segments: Family<DamageLabels, Counter>,
    disk_healthy: Arc<AtomicBool>,
}

impl Default for BufferMetrics {
    fn default() -> Self {
        Self {
            buffered_bytes: Gauge::default(),
            waiting_segments: Gauge::default(),
            torn_bytes: Counter::default(),
            commit_duration: Histogram::new(exponential_buckets(0.0005, 2.0, 14)),
            disk_failures: Counter::default(),
            damaged_segments: Family::default(),
            disk_healthy: Arc::new(AtomicBool::new(true)),
        }
    }
}

impl BufferMetrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        let help = "Bytes that wait to be landed";
        registry.register("buffered_bytes", help, self.buffered_bytes.clone());
        let help = "Sealed segments that wait to be landed";
        registry.register("waiting_segments", help, self.waiting_segments.clone());
        let help = "Bytes that a crash left in the middle of a record, cut off at start";
        registry.register("torn_bytes", help, self.torn_bytes.clone());
        let help = "Time to write and sync one batch";
        registry.register_with_unit(
            "commit_duration",
            help,
            Unit::Seconds,
            self.commit_duration.clone(),
        );
        let help = "Segment files whose header was damaged, or in which no record was found";
        registry.register("damaged_segments", help, self.damaged_segments.clone());
        let help = "Batches that the disk refused";
        registry.register("disk_failures", help, self.disk_failures.clone());
    }

    pub(crate) fn set_buffered_bytes(&self, bytes: u64) {
        self.buffered_bytes
            .set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    pub(crate) fn set_waiting_segments(&self, segments: usize) {
        self.waiting_segments
            .set(i64::try_from(segments).unwrap_or(i64::MAX));
    }

    pub(crate) fn damaged(&self, part: DamagedPart, segments: u64) {
        let labels = DamageLabels { part };
        let count = self.damaged_segments.get_or_create(&labels);
        count.inc_by(segments);
    }

    pub(crate) fn torn(&self, bytes: u64) {
        self.torn_bytes.inc_by(bytes);
    }

    pub(crate) fn committed(&self, took: Duration, healthy: bool) {
        self.commit_duration.observe(took.as_secs_f64());
        if healthy && !self.disk_healthy.swap(true, Ordering::Relaxed) {
            tracing::info!("the buffer can be written again");
        }
    }

    /// Logs the change only: senders repeat what was refused, and each repetition fails again.
    pub(crate) fn disk_failed(&self, error: &io::Error) {
        self.disk_failures.inc();
        if self.disk_healthy.swap(false, Ordering::Relaxed) {
            tracing::error!(error = %error, "the buffer cannot be written; nothing is acknowledged");
        }
    }

    pub(crate) fn is_disk_healthy(&self) -> bool {
        self.disk_healthy.load(Ordering::Relaxed)
    }
}
