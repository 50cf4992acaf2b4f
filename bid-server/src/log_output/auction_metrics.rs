//! Metrics about finished auctions: how they ended, how long they took, how SSPs behaved in them.

use std::sync::Arc;
use std::time::Duration;

use ad_events::outcome::{AuctionOutcome, BidOutcome};
use openrtb::Price;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;

use super::bid_record::BidRecord;
use super::ssp_metrics::SspMetrics;
use crate::bidders::{CallFailure, CallReport};
use crate::data::accounts::{AccountMetrics, MetricsConfig};
use crate::metrics::Registry;
use crate::metrics::labels::{BidderLabel, BidderOutcomeLabels, OutcomeLabel, histogram};
use crate::request::AuctionRequest;

/// Seconds that the server itself takes.
const OVERHEAD: [f64; 12] = [
    0.0002, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5,
];

/// Counters and histograms; cheap to update from any task.
#[derive(Debug)]
pub(crate) struct AuctionMetrics {
    auctions: Family<OutcomeLabel, Counter>,
    duration: Histogram,
    overhead: Histogram,
    bidder_calls: Family<BidderOutcomeLabels, Counter>,
    bidder_call_duration: Family<BidderLabel, Histogram>,
    bids: Family<BidderOutcomeLabels, Counter>,
    accounts: AccountMetrics,
    ssps: SspMetrics,
    /// The currency in which prices are counted.
    currency: String,
}

impl AuctionMetrics {
    /// Prices are counted in `currency`.
    pub(crate) fn new(config: MetricsConfig, currency: &str) -> Self {
        Self {
            auctions: Family::default(),
            duration: histogram(),
            overhead: Histogram::new(OVERHEAD),
            bidder_calls: Family::default(),
            bidder_call_duration: Family::new_with_constructor(histogram),
            bids: Family::default(),
            accounts: AccountMetrics::new(config.max_accounts),
            ssps: SspMetrics::default(),
            currency: currency.to_owned(),
        }
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "bid_server_auctions",
            "Auctions held, by outcome",
            self.auctions.clone(),
        );
        registry.register(
            "bid_server_auction_duration_seconds",
            "From the request's arrival to the answer's start",
            self.duration.clone(),
        );
        registry.register(
            "bid_server_auction_overhead_seconds",
            "What the server added to the longest call of an auction",
            self.overhead.clone(),
        );
        registry.register(
            "bid_server_bidder_calls",
            "Calls to SSPs, by bidder and outcome (answered, timed_out, skipped, unreachable, invalid_response)",
            self.bidder_calls.clone(),
        );
        registry.register(
            "bid_server_bidder_call_duration_seconds",
            "From the call's start to the whole answer, or to giving up",
            self.bidder_call_duration.clone(),
        );
        registry.register(
            "bid_server_bids",
            "Bids received, by bidder and outcome",
            self.bids.clone(),
        );
        self.accounts.register(registry);
        self.ssps.register(registry);
    }

    /// Counts a finished auction.
    pub(super) fn observe(
        &self,
        request: &AuctionRequest,
        calls: &[CallReport],
        bids: &[BidRecord],
        (outcome, took): (AuctionOutcome, Duration),
    ) {
        let outcome = outcome.name();
        self.auctions.get_or_create(&OutcomeLabel { outcome }).inc();
        self.duration.observe(took.as_secs_f64());
        let longest = calls.iter().map(|call| call.latency).max();
        let overhead = took.saturating_sub(longest.unwrap_or_default());
        self.overhead.observe(overhead.as_secs_f64());
        self.accounts.auction(&request.account, outcome);
        for call in calls {
            self.call(call);
        }
        for bid in bids {
            self.ssps.bid(bid, self.price(request, bid));
            let bidder = Arc::clone(&bid.bidder);
            let outcome = bid.outcome.name();
            self.bids
                .get_or_create(&BidderOutcomeLabels { bidder, outcome })
                .inc();
        }
    }

    fn call(&self, call: &CallReport) {
        self.ssps.call(call);
        let failure = call.failure.as_ref().map(CallFailure::outcome);
        let bidder = Arc::clone(&call.bidder);
        let outcome = failure.map_or("answered", BidOutcome::name);
        let duration = self.bidder_call_duration.get_or_create(&BidderLabel {
            bidder: Arc::clone(&bidder),
        });
        duration.observe(call.latency.as_secs_f64());
        self.bidder_calls
            .get_or_create(&BidderOutcomeLabels { bidder, outcome })
            .inc();
    }

    /// The price in the currency that all prices are counted in. The metric only shows what prices look like;
    /// nothing is decided by it.
    fn price(&self, request: &AuctionRequest, bid: &BidRecord) -> Option<f64> {
        let rates = &request.exchange;
        let price = rates.convert(bid.price?, &request.currency, &self.currency);
        price.map(Price::to_f64)
    }
}
