//! Every metric of the receiver, registered into the registry of the program that embeds it.
//!
//! The names are part of the product; docs/forward-protocol.md lists them.

mod labels;
mod output;

use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::land::LandReport;
use crate::tally::{Rejected, Tally};

pub(crate) use labels::{Reason, Receiver};
pub(crate) use output::OutputMetrics;

use labels::{FaultLabels, ReasonLabels, ReceiverLabels, RefusedLabels, TagLabels};

/// Tags with a count of their own; anybody can make one up, so that further ones are counted together.
const MAX_TAGS: usize = 500;
/// The name under which they are.
const OTHER_TAGS: &str = "(other)";
/// The name under which is what could not be read far enough.
const NO_TAG: &str = "(unknown)";

/// Handles to all metrics; cheap to clone.
#[derive(Debug, Clone)]
pub struct Metrics {
    received_events: Family<ReceiverLabels, Counter>,
    received_bytes: Family<ReceiverLabels, Counter>,
    tag_events: Family<TagLabels, Counter>,
    faulty_events: Family<FaultLabels, Counter>,
    repeated_events: Family<ReceiverLabels, Counter>,
    tags: Arc<Mutex<HashSet<String>>>,
    refused_messages: Family<RefusedLabels, Counter>,
    rejected_events: Family<RefusedLabels, Counter>,
    replaced_texts: Counter,
    dropped_events: Family<ReasonLabels, Counter>,
    connections: Family<ReceiverLabels, Gauge>,
    refused_connections: Family<ReceiverLabels, Counter>,
    buffered_bytes: Gauge,
    waiting_segments: Gauge,
    torn_bytes: Counter,
    commit_duration: Histogram,
    disk_failures: Counter,
    landed_segments: Counter,
    stored_events: Counter,
    quarantined_events: Counter,
    duplicate_events: Counter,
    land_failures: Counter,
    disk_healthy: Arc<AtomicBool>,
    outputs: OutputMetrics,
}

impl Metrics {
    /// Makes all metrics and registers them.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            received_events: Family::default(),
            received_bytes: Family::default(),
            tag_events: Family::default(),
            faulty_events: Family::default(),
            repeated_events: Family::default(),
            tags: Arc::default(),
            refused_messages: Family::default(),
            rejected_events: Family::default(),
            replaced_texts: Counter::default(),
            dropped_events: Family::default(),
            connections: Family::default(),
            refused_connections: Family::default(),
            buffered_bytes: Gauge::default(),
            waiting_segments: Gauge::default(),
            torn_bytes: Counter::default(),
            commit_duration: Histogram::new(exponential_buckets(0.0005, 2.0, 14)),
            disk_failures: Counter::default(),
            landed_segments: Counter::default(),
            stored_events: Counter::default(),
            quarantined_events: Counter::default(),
            duplicate_events: Counter::default(),
            land_failures: Counter::default(),
            disk_healthy: Arc::new(AtomicBool::new(true)),
            outputs: OutputMetrics::default(),
        };
        metrics.register_inputs(registry.sub_registry_with_prefix("log_ingest"));
        metrics.register_buffer(registry.sub_registry_with_prefix("log_ingest"));
        let outputs = registry.sub_registry_with_prefix("log_ingest");
        metrics.outputs.register(outputs);
        metrics
    }

    fn register_inputs(&self, registry: &mut Registry) {
        let help = "Events stored durably";
        registry.register("received_events", help, self.received_events.clone());
        let help = "Bytes of messages and bodies stored durably";
        registry.register("received_bytes", help, self.received_bytes.clone());
        let help = "Events by tag and outcome: to a table, to the quarantine, there already, or without an ack";
        registry.register("tag_events", help, self.tag_events.clone());
        let help = "What was stored durably though it is no event, by what is wrong with it";
        registry.register("faulty_events", help, self.faulty_events.clone());
        let help = "Events of chunks that were sent again: acknowledged again, not stored again";
        registry.register("repeated_events", help, self.repeated_events.clone());
        let help = "Events refused without an ack; what cannot be counted is one";
        registry.register("rejected_events", help, self.rejected_events.clone());
        let help = "Texts and keys in which bytes that are not UTF-8 were replaced";
        registry.register("replaced_texts", help, self.replaced_texts.clone());
        let help = "Messages and requests refused without an ack";
        registry.register("refused_messages", help, self.refused_messages.clone());
        let help = "Acknowledged events, or batches of them, that were lost later";
        registry.register("dropped_events", help, self.dropped_events.clone());
        registry.register("connections", "Open connections", self.connections.clone());
        let help = "Connections closed at once because there were too many";
        registry.register(
            "refused_connections",
            help,
            self.refused_connections.clone(),
        );
    }

    fn register_buffer(&self, registry: &mut Registry) {
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
        let help = "Batches that the disk refused";
        registry.register("disk_failures", help, self.disk_failures.clone());
        let help = "Segments landed in tables";
        registry.register("landed_segments", help, self.landed_segments.clone());
        registry.register(
            "stored_events",
            "Events stored in tables",
            self.stored_events.clone(),
        );
        let help = "Events that no table takes, kept aside";
        registry.register("quarantined_events", help, self.quarantined_events.clone());
        let help = "Events left out because they were stored before";
        registry.register("duplicate_events", help, self.duplicate_events.clone());
        let help = "Attempts to land a segment that failed";
        registry.register("land_failures", help, self.land_failures.clone());
    }

    /// Those of outputs.
    pub(crate) fn outputs(&self) -> OutputMetrics {
        self.outputs.clone()
    }

    /// A message or a body of that tag is durable.
    pub(crate) fn received(&self, receiver: Receiver, tag: &str, tally: &Tally, bytes: usize) {
        let labels = ReceiverLabels { receiver };
        let faults = tally.fault_count();
        let count = self.received_events.get_or_create(&labels);
        count.inc_by(tally.events + faults);
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.received_bytes.get_or_create(&labels).inc_by(bytes);
        for (reason, count) in tally.faults() {
            let labels = FaultLabels { receiver, reason };
            self.faulty_events.get_or_create(&labels).inc_by(count);
        }
        let tag = self.known_tag(tag);
        self.of_tag(tag, "accepted", tally.events);
        self.of_tag(tag, "quarantined", faults);
    }

    /// A message or a body of that tag was received before, and is durable.
    pub(crate) fn repeated(&self, receiver: Receiver, tag: &str, tally: &Tally) {
        let events = tally.all();
        let count = self
            .repeated_events
            .get_or_create(&ReceiverLabels { receiver });
        count.inc_by(events);
        self.of_tag(self.known_tag(tag), "duplicate", events);
    }

    fn of_tag(&self, tag: &str, outcome: &'static str, events: u64) {
        if events > 0 {
            let tag = tag.to_owned();
            let labels = TagLabels { tag, outcome };
            self.tag_events.get_or_create(&labels).inc_by(events);
        }
    }

    fn tag_of<'a>(&self, rejected: &'a Rejected) -> &'a str {
        let tags = self.tags.lock().unwrap_or_else(PoisonError::into_inner);
        match &rejected.tag {
            Some(tag) if tags.contains(tag) => tag,
            Some(_) => OTHER_TAGS,
            None => NO_TAG,
        }
    }

    fn known_tag<'a>(&self, tag: &'a str) -> &'a str {
        let mut tags = self.tags.lock().unwrap_or_else(PoisonError::into_inner);
        if tags.contains(tag) {
            return tag;
        }
        if tags.len() >= MAX_TAGS {
            return OTHER_TAGS;
        }
        tags.insert(tag.to_owned());
        tag
    }

    /// A message or a request got no ack. It never makes its tag one of those that have counts of their own, since
    /// anybody can send what is refused.
    pub(crate) fn refused(&self, receiver: Receiver, reason: Reason, rejected: &Rejected) {
        let labels = RefusedLabels { receiver, reason };
        self.refused_messages.get_or_create(&labels).inc();
        if rejected.events > 0 {
            let count = self.rejected_events.get_or_create(&labels);
            count.inc_by(rejected.events);
            self.of_tag(self.tag_of(rejected), "rejected", rejected.events);
        }
    }

    pub(crate) fn replaced_texts(&self, count: u64) {
        self.replaced_texts.inc_by(count);
    }

    pub(crate) fn dropped(&self, reason: Reason, events: u64) {
        self.dropped_events
            .get_or_create(&ReasonLabels { reason })
            .inc_by(events);
    }

    pub(crate) fn connection_opened(&self, receiver: Receiver) -> ConnectionGauge {
        let gauge = self
            .connections
            .get_or_create(&ReceiverLabels { receiver })
            .clone();
        gauge.inc();
        ConnectionGauge(gauge)
    }

    pub(crate) fn connection_refused(&self, receiver: Receiver) {
        self.refused_connections
            .get_or_create(&ReceiverLabels { receiver })
            .inc();
    }

    pub(crate) fn set_buffered_bytes(&self, bytes: u64) {
        self.buffered_bytes
            .set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    pub(crate) fn set_waiting_segments(&self, segments: usize) {
        self.waiting_segments
            .set(i64::try_from(segments).unwrap_or(i64::MAX));
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

    pub(crate) fn landed(&self, report: LandReport) {
        self.landed_segments.inc();
        self.stored_events.inc_by(report.stored);
        self.quarantined_events.inc_by(report.quarantined);
        self.duplicate_events.inc_by(report.duplicates);
    }

    pub(crate) fn land_failed(&self) {
        self.land_failures.inc();
    }
}

/// Counts a connection for as long as it lives.
#[derive(Debug)]
pub(crate) struct ConnectionGauge(Gauge);

impl Drop for ConnectionGauge {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests;
