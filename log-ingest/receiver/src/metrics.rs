//! The metrics of all parts, registered into the registry of the program that embeds the receiver.
//!
//! Each part owns its metrics; their names are part of the product, and the documents list them.

use prometheus_client::registry::Registry;

use crate::buffer::BufferMetrics;
use crate::land::LandMetrics;
use crate::output::OutputMetrics;
use crate::receive::ReceiveMetrics;

/// Handles to all metrics; cheap to clone.
#[derive(Debug, Clone)]
pub struct Metrics {
    pub(crate) receive: ReceiveMetrics,
    pub(crate) buffer: BufferMetrics,
    pub(crate) land: LandMetrics,
    pub(crate) outputs: OutputMetrics,
}

impl Metrics {
    /// Makes all metrics and registers them.
    pub fn register(registry: &mut Registry) -> Self {
        let receive = ReceiveMetrics::default();
        let metrics = Self {
            land: LandMetrics::with_replaced_texts(receive.replaced_texts()),
            receive,
            buffer: BufferMetrics::default(),
            outputs: OutputMetrics::default(),
        };
        let registry = registry.sub_registry_with_prefix("log_ingest");
        metrics.receive.register(registry);
        metrics.buffer.register(registry);
        metrics.land.register(registry);
        metrics.outputs.register(registry);
        metrics
    }
}

#[cfg(test)]
mod tests;
