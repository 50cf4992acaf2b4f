//! Metrics about SSPs other than the outcomes of their calls: prices, markup, connections.

use std::sync::Arc;

use ad_events::outcome::BidOutcome;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::bid_record::BidRecord;
use crate::bidders::ssp_client::{Link, waits};
use crate::bidders::{CallFailure, CallReport};
use crate::metrics::labels::{BidderLabel, BidderOutcomeLabels};
use crate::settle::MarkupSource;

/// Wide enough for both dollars and yen.
const PRICES: [f64; 12] = [
    0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0,
];

/// Metrics by bidder.
#[derive(Debug)]
pub(super) struct SspMetrics {
    prices: Family<BidderLabel, Histogram>,
    markup: Family<MarkupLabels, Counter>,
    connections: Family<BidderOutcomeLabels, Counter>,
    connecting: Family<BidderLabel, Histogram>,
    answer_bytes: Family<BidderLabel, Counter>,
    saved_bytes: Family<BidderLabel, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MarkupLabels {
    bidder: Arc<str>,
    media_type: &'static str,
    markup: &'static str,
}

impl Default for SspMetrics {
    fn default() -> Self {
        Self {
            prices: Family::new_with_constructor(|| Histogram::new(PRICES)),
            markup: Family::default(),
            connections: Family::default(),
            connecting: Family::new_with_constructor(waits),
            answer_bytes: Family::default(),
            saved_bytes: Family::default(),
        }
    }
}

impl SspMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "bid_server_bid_price_cpm",
            "Prices of bids that took part, in currency.default of the configuration, by bidder",
            self.prices.clone(),
        );
        registry.register(
            "bid_server_bid_markup",
            "Bids received, by bidder, media type and markup (adm, nurl, none)",
            self.markup.clone(),
        );
        registry.register(
            "bid_server_ssp_connections",
            "Connections that calls went over, by bidder and outcome (reused, opened, failed, given_up)",
            self.connections.clone(),
        );
        registry.register(
            "bid_server_ssp_connect_duration_seconds",
            "Wait of a call for a new connection, name and TLS included",
            self.connecting.clone(),
        );
        registry.register(
            "bid_server_ssp_answer_bytes",
            "Bytes of SSPs' answers as they travelled, by bidder",
            self.answer_bytes.clone(),
        );
        registry.register(
            "bid_server_ssp_answer_bytes_saved",
            "Bytes that compression has saved in SSPs' answers, by bidder",
            self.saved_bytes.clone(),
        );
    }

    /// Counts a call's connection; a call that was answered with stored data has none.
    pub(super) fn call(&self, call: &CallReport) {
        self.count_bytes(call);
        let outcome = match call.link {
            Some(Link::Reused) => "reused",
            Some(Link::Opened(_)) => "opened",
            Some(Link::Failed(_)) => "failed",
            None if is_given_up(call.failure.as_ref()) => "given_up",
            None => return,
        };
        let bidder = Arc::clone(&call.bidder);
        if let Some(Link::Opened(waited)) = call.link {
            let label = BidderLabel {
                bidder: Arc::clone(&bidder),
            };
            let connecting = self.connecting.get_or_create(&label);
            connecting.observe(waited.as_secs_f64());
        }
        let labels = BidderOutcomeLabels { bidder, outcome };
        self.connections.get_or_create(&labels).inc();
    }

    fn count_bytes(&self, call: &CallReport) {
        let Some(size) = call.size else { return };
        let bytes = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let label = BidderLabel {
            bidder: Arc::clone(&call.bidder),
        };
        let answers = self.answer_bytes.get_or_create(&label);
        answers.inc_by(bytes(size.wire));
        let saved = bytes(size.plain.saturating_sub(size.wire));
        if saved > 0 {
            self.saved_bytes.get_or_create(&label).inc_by(saved);
        }
    }

    /// Counts a bid; `price` is in the currency that all prices are counted in.
    pub(super) fn bid(&self, bid: &BidRecord, price: Option<f64>) {
        let bidder = Arc::clone(&bid.bidder);
        if let Some(price) = price.filter(|_| bid.is_fit) {
            let label = BidderLabel {
                bidder: Arc::clone(&bidder),
            };
            self.prices.get_or_create(&label).observe(price);
        }
        let labels = MarkupLabels {
            bidder,
            media_type: bid.media_type.name(),
            markup: match bid.markup {
                MarkupSource::Adm => "adm",
                MarkupSource::Nurl => "nurl",
                MarkupSource::None => "none",
            },
        };
        self.markup.get_or_create(&labels).inc();
    }
}

/// Whether the time ran out, or the client went away, before there was a connection.
fn is_given_up(failure: Option<&CallFailure>) -> bool {
    let outcome = failure.map(CallFailure::outcome);
    matches!(
        outcome,
        Some(BidOutcome::TimedOut | BidOutcome::NotAwaited | BidOutcome::CutOff)
    )
}
