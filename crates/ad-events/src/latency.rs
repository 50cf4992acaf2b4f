//! Latencies rolled up into buckets that add: tables `latency_hist` and `latency_hist_minute`.
//!
//! A row is one bucket of a histogram. Merging histograms is `SUM(n)`, so that any engine can put
//! hours, pages or slots together and still read percentiles with an error of at most 1 %.

use crate::declare::stored_columns;
use crate::table::{Source, Table};

/// Buckets per hour.
pub const LATENCY_HIST: Table = Table {
    name: "latency_hist",
    source: Source::Derived,
    doc: "one bucket of the histogram of one latency in one hour; event_time is the start of the hour",
    time: None,
    sort: &["measure", "bucket", "event_time"],
    keep_days: 800,
    columns: COLUMNS,
};

/// Buckets per minute.
pub const LATENCY_HIST_MINUTE: Table = Table {
    name: "latency_hist_minute",
    source: Source::Derived,
    doc: "one bucket of the histogram of one latency in one minute; event_time is the start of the minute",
    time: None,
    sort: &["measure", "event_time", "bucket"],
    keep_days: 14,
    columns: COLUMNS,
};

stored_columns! {
    measure: Text, "what was measured: a d_ column of ad_renders, or bidder_latency of bids";
    page_type: Text, "the publisher's kind of page";
    variant: Text, "which way of loading ads the page uses";
    device: Text, "mobile or desktop";
    slot: Text, "code of the slot";
    bidder: Text, "the bidder, for bidder_latency";
    bucket: Int, "number of the bucket: ceil(ln(ms) / ln(1.01 / 0.99)); its middle is 2 * g ^ bucket / (g + 1) ms with g = 1.01 / 0.99, at most 1 % off";
    n: Int, "measurements in the bucket";
    sum_ms: Float, "their sum, ms";
}
