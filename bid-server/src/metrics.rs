//! All metrics of the bid server. docs/http-api.md lists them; a test holds the two together.

mod accounts;
pub(crate) mod connect;
pub(crate) mod creatives;
pub(crate) mod fetches;
mod labels;
mod ssps;

use std::sync::Arc;

use ad_events::outcome::{AuctionOutcome, BidOutcome};
use openrtb::Price;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use accounts::AccountMetrics;
use connect::ConnectMetrics;
use labels::{BidderLabel, BidderOutcomeLabels, EndpointLabel, OutcomeLabel, histogram};
use ssps::SspMetrics;

use crate::auction::{CallFailure, HeldAuction, JudgedBid};
use crate::request::AuctionRequest;

use creatives::{CacheMetrics, NoticeMetrics};
use fetches::FetchMetrics;

/// Seconds that the server itself takes.
const OVERHEAD: [f64; 12] = [
    0.0002, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5,
];

/// Counters and histograms; cheap to update from any task.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    auctions: Family<OutcomeLabel, Counter>,
    endpoints: Family<EndpointLabel, Counter>,
    auction_duration: Histogram,
    refused: Counter,
    bidder_calls: Family<BidderOutcomeLabels, Counter>,
    bidder_call_duration: Family<BidderLabel, Histogram>,
    bids: Family<BidderOutcomeLabels, Counter>,
    overhead: Histogram,
    accounts: AccountMetrics,
    ssps: SspMetrics,
    /// New connections to SSPs.
    pub(crate) connects: Arc<ConnectMetrics>,
    /// What prices are counted in.
    currency: String,
    /// Kept creatives.
    pub(crate) cache: Arc<CacheMetrics>,
    /// Events and notices.
    pub(crate) notices: NoticeMetrics,
    /// Rates, floors and stored data that are fetched.
    pub(crate) fetches: Arc<FetchMetrics>,
    log_rows: Family<OutcomeLabel, Counter>,
    log_queue_bytes: Gauge,
    log_send_failures: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            registry: Registry::default(),
            auctions: Family::default(),
            endpoints: Family::default(),
            auction_duration: histogram(),
            refused: Counter::default(),
            bidder_calls: Family::default(),
            bidder_call_duration: Family::new_with_constructor(histogram),
            bids: Family::default(),
            overhead: Histogram::new(OVERHEAD),
            accounts: AccountMetrics::default(),
            ssps: SspMetrics::default(),
            connects: Arc::default(),
            currency: String::new(),
            cache: Arc::default(),
            notices: NoticeMetrics::default(),
            fetches: Arc::default(),
            log_rows: Family::default(),
            log_queue_bytes: Gauge::default(),
            log_send_failures: Counter::default(),
        }
    }
}

impl Metrics {
    /// `max_accounts` have a count of their own; prices are counted in `currency`.
    pub(crate) fn new(max_accounts: usize, currency: &str) -> Self {
        let mut metrics = Self {
            accounts: AccountMetrics::new(max_accounts),
            currency: currency.to_owned(),
            ..Self::default()
        };
        metrics.register();
        metrics.register_parts();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "bid_server_auctions",
            "Auctions held, by outcome",
            self.auctions.clone(),
        );
        registry.register(
            "bid_server_endpoint_auctions",
            "Auctions begun, by endpoint (auction, auction_get, amp)",
            self.endpoints.clone(),
        );
        registry.register(
            "bid_server_auction_duration_seconds",
            "From the request's arrival to the answer's start",
            self.auction_duration.clone(),
        );
        registry.register(
            "bid_server_refused_requests",
            "Requests answered with 400 or 408",
            self.refused.clone(),
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
        registry.register(
            "bid_server_auction_overhead_seconds",
            "What the server added to the longest call of an auction",
            self.overhead.clone(),
        );
        registry.register(
            "bid_server_log_rows",
            "Rows about auctions and bids, by outcome (acknowledged, shed)",
            self.log_rows.clone(),
        );
        registry.register(
            "bid_server_log_queue_bytes",
            "Rows that wait for log-ingest, in bytes of memory",
            self.log_queue_bytes.clone(),
        );
        registry.register(
            "bid_server_log_send_failures",
            "Attempts to send rows that got no ack",
            self.log_send_failures.clone(),
        );
    }

    fn register_parts(&mut self) {
        let registry = &mut self.registry;
        self.accounts.register(registry);
        self.ssps.register(registry);
        self.connects.register(registry);
        self.cache.register(registry);
        self.notices.register(registry);
        self.fetches.register(registry);
    }

    /// Counts a finished auction.
    pub(crate) fn observe(
        &self,
        request: &AuctionRequest,
        held: &HeldAuction,
        outcome: AuctionOutcome,
    ) {
        let outcome = outcome.name();
        self.auctions.get_or_create(&OutcomeLabel { outcome }).inc();
        let duration = request.budget.arrived.elapsed();
        self.auction_duration.observe(duration.as_secs_f64());
        let longest = held.calls.iter().map(|call| call.latency).max();
        let overhead = duration.saturating_sub(longest.unwrap_or_default());
        self.overhead.observe(overhead.as_secs_f64());
        self.accounts.auction(&request.account, outcome);
        for call in &held.calls {
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
        for bid in &held.bids {
            self.ssps.bid(bid, self.price(request, bid));
            let bidder = Arc::clone(&bid.bidder);
            let outcome = bid.outcome.name();
            self.bids
                .get_or_create(&BidderOutcomeLabels { bidder, outcome })
                .inc();
        }
    }

    /// Counts an auction where it was asked for.
    pub(crate) fn held_at(&self, endpoint: &'static str) {
        self.endpoints
            .get_or_create(&EndpointLabel { endpoint })
            .inc();
    }

    /// In the currency that all are counted in. A metric is a picture of prices; nothing is decided by it.
    fn price(&self, request: &AuctionRequest, bid: &JudgedBid) -> Option<f64> {
        let rates = &request.exchange;
        let price = rates.convert(bid.price?, &request.currency, &self.currency);
        price.map(Price::to_f64)
    }

    /// Counts a request that became no auction.
    pub(crate) fn refused(&self) {
        self.refused.inc();
    }

    /// Counts rows that log-ingest has taken.
    pub(crate) fn rows_acknowledged(&self, rows: u64) {
        self.count_rows("acknowledged", rows);
    }

    /// Counts rows that were dropped because the queue was full.
    pub(crate) fn rows_shed(&self, rows: u64) {
        self.count_rows("shed", rows);
    }

    fn count_rows(&self, outcome: &'static str, rows: u64) {
        self.log_rows
            .get_or_create(&OutcomeLabel { outcome })
            .inc_by(rows);
    }

    /// Notes how much waits.
    pub(crate) fn queue_holds(&self, bytes: usize) {
        self.log_queue_bytes
            .set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// Counts an attempt to send that got no ack.
    pub(crate) fn send_failed(&self) {
        self.log_send_failures.inc();
    }

    /// All of it, in the text format of Prometheus.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // A String takes everything, so there is no error to speak of.
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(error) => format!("# {error}\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_metric_stands_in_the_docs() {
        let docs = include_str!("../../docs/http-api.md");
        let source = [
            include_str!("metrics.rs"),
            include_str!("metrics/accounts.rs"),
            include_str!("metrics/connect.rs"),
            include_str!("metrics/ssps.rs"),
            include_str!("metrics/creatives.rs"),
            include_str!("metrics/fetches.rs"),
        ]
        .concat();
        let strings = source
            .split('"')
            .filter(|text| text.starts_with("bid_server_"));
        let names: Vec<&str> = strings.filter(|text| *text != "bid_server_").collect();
        assert!(names.len() >= 15);
        for name in names {
            assert!(docs.contains(name), "{name} is missing in docs/http-api.md");
        }
    }
}
