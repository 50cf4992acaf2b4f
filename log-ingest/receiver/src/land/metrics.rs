//! Metrics of landing; docs/forward-protocol.md lists them.

use std::fmt;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::LandReport;

/// Why something that was acknowledged did not get into a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Loss {
    /// A stored record that can no longer be read.
    Damaged,
    /// An event that no table takes, not even the quarantine.
    Unlandable,
}

impl EncodeLabelValue for Loss {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        let label = match self {
            Self::Damaged => "damaged",
            Self::Unlandable => "unlandable",
        };
        label.encode(encoder)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LossLabels {
    reason: Loss,
}

/// Handles; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct LandMetrics {
    landed_segments: Counter,
    stored_events: Counter,
    quarantined_events: Counter,
    duplicate_events: Counter,
    land_failures: Counter,
    split_segments: Counter,
    replaced_texts: Counter,
    dropped_events: Family<LossLabels, Counter>,
}

impl LandMetrics {
    /// Texts with replacements are counted at receipt too, by the same counter, which is registered there.
    pub(crate) fn with_replaced_texts(replaced_texts: Counter) -> Self {
        Self {
            replaced_texts,
            ..Self::default()
        }
    }

    pub(crate) fn split(&self) {
        self.split_segments.inc();
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        let help =
            "Segments landed in parts, because not all of their events could be landed together";
        registry.register("split_segments", help, self.split_segments.clone());
        let help = "Acknowledged events, or batches of them, that were lost later";
        registry.register("dropped_events", help, self.dropped_events.clone());
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

    pub(crate) fn replaced_texts(&self, count: u64) {
        self.replaced_texts.inc_by(count);
    }

    pub(crate) fn dropped(&self, loss: Loss, events: u64) {
        self.dropped_events
            .get_or_create(&LossLabels { reason: loss })
            .inc_by(events);
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
