//! Metrics about events of pages and notices for SSPs.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::NoticeKind;
use super::delivery::Delivery;
use crate::settle::events::Event;

/// Counts calls of `/event` and the notices that we send.
#[derive(Debug, Default)]
pub(crate) struct NoticeMetrics {
    events: Family<EventLabel, Counter>,
    notices: Family<NoticeLabels, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabel {
    event: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct NoticeLabels {
    notice: &'static str,
    outcome: &'static str,
}

impl NoticeMetrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "bid_server_events",
            "Events that pages and players reported, by event (win, imp, vast)",
            self.events.clone(),
        );
        registry.register(
            "bid_server_notices",
            "Notices for SSPs, by notice (nurl, burl, lurl, timeout) and outcome (delivered, refused, failed, not_sent)",
            self.notices.clone(),
        );
    }

    /// Counts an event of a page or player.
    pub(crate) fn event(&self, event: Event) {
        let event = event.name();
        self.events.get_or_create(&EventLabel { event }).inc();
    }

    /// Counts a notice for an SSP.
    pub(super) fn notice(&self, notice: NoticeKind, delivery: Delivery) {
        let labels = NoticeLabels {
            notice: notice.name(),
            outcome: delivery.name(),
        };
        self.notices.get_or_create(&labels).inc();
    }
}
