//! Metrics about requests, before they become auctions.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;

use crate::metrics::Registry;

/// About requests.
#[derive(Debug, Default)]
pub(crate) struct HttpMetrics {
    endpoints: Family<EndpointLabel, Counter>,
    refused: Counter,
    shed: Counter,
    limit: Gauge,
    lag: Gauge<f64, AtomicU64>,
}

/// The endpoint that an auction came in at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EndpointLabel {
    endpoint: &'static str,
}

impl HttpMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "bid_server_endpoint_auctions",
            "Auctions begun, by endpoint (auction, auction_get, amp)",
            self.endpoints.clone(),
        );
        registry.register(
            "bid_server_refused_requests",
            "Requests answered with 400 or 408",
            self.refused.clone(),
        );
        registry.register(
            "bid_server_shed_requests",
            "Requests for auctions answered with 503 because too many were open",
            self.shed.clone(),
        );
        registry.register(
            "bid_server_open_auctions_limit",
            "Auctions that may be open now; lower than auction.max_open while the server is late",
            self.limit.clone(),
        );
        registry.register(
            "bid_server_lag_seconds",
            "How late tasks run that are ready to",
            self.lag.clone(),
        );
    }

    /// Counts an auction by its endpoint.
    pub(crate) fn held_at(&self, endpoint: &'static str) {
        self.endpoints
            .get_or_create(&EndpointLabel { endpoint })
            .inc();
    }

    /// Counts a request that did not become an auction.
    pub(crate) fn refused(&self) {
        self.refused.inc();
    }

    /// Counts a request that could not be let in.
    pub(crate) fn shed(&self) {
        self.shed.inc();
    }

    /// Records how many may be open, and how late the server runs.
    pub(super) fn limit(&self, limit: usize, lag: Duration) {
        self.limit.set(i64::try_from(limit).unwrap_or(i64::MAX));
        self.lag.set(lag.as_secs_f64());
    }
}
