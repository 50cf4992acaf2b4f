//! Labels and shapes that metrics of several features share.

use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::histogram::Histogram;

/// In seconds; finest around the times that auctions are given.
const BUCKETS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 2.0, 5.0,
];

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct OutcomeLabel {
    pub(crate) outcome: &'static str,
}

/// Which data.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct DataLabel {
    pub(crate) data: &'static str,
}

/// Which bidder.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct BidderLabel {
    pub(crate) bidder: Arc<str>,
}

/// Which bidder, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct BidderOutcomeLabels {
    pub(crate) bidder: Arc<str>,
    pub(crate) outcome: &'static str,
}

/// For durations of auctions, calls and fetches.
pub(crate) fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}
