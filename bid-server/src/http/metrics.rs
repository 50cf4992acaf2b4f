//! Metrics about requests, before they become auctions.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

use crate::metrics::Registry;

/// About requests.
#[derive(Debug, Default)]
pub(crate) struct HttpMetrics {
    endpoints: Family<EndpointLabel, Counter>,
    refused: Counter,
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
}
