//! Metrics of the two inputs; docs/forward-protocol.md lists them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::labels::{FaultLabels, Input, InputLabels, Reason, RefusedLabels, TagLabels};
use super::tally::{Rejected, Tally};

/// Tags with a count of their own. Anybody can make one up, so all further ones are counted together.
const MAX_TAGS: usize = 500;
/// The name under which further tags are counted.
const OTHER_TAGS: &str = "(other)";
/// The name for what could not be read far enough to know its tag.
const NO_TAG: &str = "(unknown)";

/// Handles; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReceiveMetrics {
    received_events: Family<InputLabels, Counter>,
    received_bytes: Family<InputLabels, Counter>,
    tag_events: Family<TagLabels, Counter>,
    faulty_events: Family<FaultLabels, Counter>,
    repeated_events: Family<InputLabels, Counter>,
    tags: Arc<Mutex<HashSet<String>>>,
    refused_messages: Family<RefusedLabels, Counter>,
    rejected_events: Family<RefusedLabels, Counter>,
    connections: Family<InputLabels, Gauge>,
    refused_connections: Family<InputLabels, Counter>,
    evicted_connections: Family<InputLabels, Counter>,
    replaced_texts: Counter,
}

impl ReceiveMetrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
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
        let help = "Messages and requests refused without an ack";
        registry.register("refused_messages", help, self.refused_messages.clone());
        registry.register("connections", "Open connections", self.connections.clone());
        let help = "Texts, keys and numbers in which something was replaced";
        registry.register("replaced_texts", help, self.replaced_texts.clone());
        let help = "Connections that were closed, when all places were taken, because they had waited longest";
        registry.register(
            "evicted_connections",
            help,
            self.evicted_connections.clone(),
        );
        let help = "Connections closed at once because there were too many";
        registry.register(
            "refused_connections",
            help,
            self.refused_connections.clone(),
        );
    }

    /// A message or a body of that tag is durable.
    pub(crate) fn received(&self, input: Input, tag: &str, tally: &Tally, bytes: usize) {
        let labels = InputLabels { receiver: input };
        let faults = tally.fault_count();
        let count = self.received_events.get_or_create(&labels);
        count.inc_by(tally.events + faults);
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.received_bytes.get_or_create(&labels).inc_by(bytes);
        for (reason, count) in tally.faults() {
            let labels = FaultLabels {
                receiver: input,
                reason,
            };
            self.faulty_events.get_or_create(&labels).inc_by(count);
        }
        let tag = self.known_tag(tag);
        self.of_tag(tag, "accepted", tally.events);
        self.of_tag(tag, "quarantined", faults);
    }

    /// A message or a body of that tag was received before, and is durable.
    pub(crate) fn repeated(&self, input: Input, tag: &str, tally: &Tally) {
        let events = tally.all();
        let count = self
            .repeated_events
            .get_or_create(&InputLabels { receiver: input });
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
    pub(crate) fn refused(&self, input: Input, reason: Reason, rejected: &Rejected) {
        let labels = RefusedLabels {
            receiver: input,
            reason,
        };
        self.refused_messages.get_or_create(&labels).inc();
        if rejected.events > 0 {
            let count = self.rejected_events.get_or_create(&labels);
            count.inc_by(rejected.events);
            self.of_tag(self.tag_of(rejected), "rejected", rejected.events);
        }
    }

    pub(crate) fn connection_opened(&self, input: Input) -> ConnectionGauge {
        let labels = InputLabels { receiver: input };
        let open = self.connections.get_or_create(&labels).clone();
        open.inc();
        let evicted = self.evicted_connections.get_or_create(&labels).clone();
        ConnectionGauge { open, evicted }
    }

    /// The counter, for other parts that replace texts.
    pub(crate) fn replaced_texts(&self) -> Counter {
        self.replaced_texts.clone()
    }

    pub(crate) fn connection_refused(&self, input: Input) {
        self.refused_connections
            .get_or_create(&InputLabels { receiver: input })
            .inc();
    }
}

/// Counts a connection for as long as it lives.
#[derive(Debug)]
pub(crate) struct ConnectionGauge {
    open: Gauge,
    evicted: Counter,
}

impl ConnectionGauge {
    /// The connection makes room for another.
    pub(crate) fn evicted(&self) {
        self.evicted.inc();
    }
}

impl Drop for ConnectionGauge {
    fn drop(&mut self) {
        self.open.dec();
    }
}

#[cfg(test)]
mod tests;
