//! Metrics about new connections to SSPs.

use std::time::Duration;

use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// In seconds; a new connection is worth looking at from a millisecond on.
const WAITS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0];

/// The waits of a new connection, whichever SSP it leads to.
#[derive(Debug)]
pub(crate) struct ConnectMetrics {
    lookup: Histogram,
    handshake: Histogram,
}

impl Default for ConnectMetrics {
    fn default() -> Self {
        Self {
            lookup: waits(),
            handshake: waits(),
        }
    }
}

impl ConnectMetrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "bid_server_ssp_lookup_duration_seconds",
            "From the name of an SSP's host to its addresses",
            self.lookup.clone(),
        );
        registry.register(
            "bid_server_ssp_handshake_duration_seconds",
            "TLS handshakes with SSPs",
            self.handshake.clone(),
        );
    }

    /// A name was resolved.
    pub(crate) fn looked_up(&self, took: Duration) {
        self.lookup.observe(took.as_secs_f64());
    }

    /// A handshake was completed.
    pub(crate) fn shook_hands(&self, took: Duration) {
        self.handshake.observe(took.as_secs_f64());
    }
}

/// For the time that a call waits for its connection.
pub(crate) fn waits() -> Histogram {
    Histogram::new(WAITS)
}
