//! Metrics of outputs, labelled with their names; docs/outputs.md lists them.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutputLabels {
    output: String,
}

/// Handles; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct OutputMetrics {
    sent_events: Family<OutputLabels, Counter>,
    acknowledged_events: Family<OutputLabels, Counter>,
    acknowledged_bytes: Family<OutputLabels, Counter>,
    retries: Family<OutputLabels, Counter>,
    dropped_events: Family<OutputLabels, Counter>,
    lag_bytes: Family<OutputLabels, Gauge>,
    lag_seconds: Family<OutputLabels, Gauge>,
}

impl OutputMetrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("output");
        let help = "Events sent to an output, each attempt counted";
        registry.register("sent_events", help, self.sent_events.clone());
        let help = "Events that an output has taken";
        registry.register(
            "acknowledged_events",
            help,
            self.acknowledged_events.clone(),
        );
        let help = "Bytes of messages and objects that an output has taken";
        registry.register("acknowledged_bytes", help, self.acknowledged_bytes.clone());
        let help = "Attempts that failed";
        registry.register("retries", help, self.retries.clone());
        let help = "Events that an output will not get, because it lay too far behind";
        registry.register("dropped_events", help, self.dropped_events.clone());
        let help = "Bytes of segments that an output has not got yet";
        registry.register("lag_bytes", help, self.lag_bytes.clone());
        let help = "Age of the oldest segment that an output has not got yet, in seconds";
        registry.register("lag_seconds", help, self.lag_seconds.clone());
    }

    pub(crate) fn sent(&self, output: &str, events: u32) {
        let count = self.sent_events.get_or_create(&of(output));
        count.inc_by(u64::from(events));
    }

    pub(crate) fn taken(&self, output: &str, events: u32, bytes: usize) {
        let labels = of(output);
        let count = self.acknowledged_events.get_or_create(&labels);
        count.inc_by(u64::from(events));
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.acknowledged_bytes.get_or_create(&labels).inc_by(bytes);
    }

    pub(crate) fn failed(&self, output: &str) {
        self.retries.get_or_create(&of(output)).inc();
    }

    pub(crate) fn dropped(&self, output: &str, events: u64) {
        self.dropped_events
            .get_or_create(&of(output))
            .inc_by(events);
    }

    pub(crate) fn lag(&self, output: &str, bytes: u64, seconds: i64) {
        let labels = of(output);
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.lag_bytes.get_or_create(&labels).set(bytes);
        self.lag_seconds.get_or_create(&labels).set(seconds);
    }
}

fn of(output: &str) -> OutputLabels {
    OutputLabels {
        output: output.to_owned(),
    }
}
