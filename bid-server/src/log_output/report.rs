//! [`AuctionReport`]: what metrics and rows say about one auction.

use std::borrow::Cow;
use std::time::Duration;

use ad_events::auction::AuctionRow;
use ad_events::bid::BidRow;
use ad_events::outcome::{AuctionOutcome, BidOutcome};
use openrtb::Price;
use url::Url;

use super::AuctionMetrics;
use super::bid_record::BidRecord;
use super::rows::Rows;
use crate::bidders::CallReport;
use crate::request::tmax::whole_ms;
use crate::request::{AuctionRequest, ImpIndex, LeftOutImp};
use crate::settle::SettledAuction;

/// The layout of the rows; raised when the meaning of a field changes.
const SCHEMA_VERSION: u32 = 1;
/// How many of the imps that are left out get a row: what a caller sends in excess must not fill the queue.
const MOST_LEFT_OUT: usize = 50;
/// The most bytes of the id of such an imp.
const LONGEST_ID: usize = 256;

/// Made before the answer is written, because that takes the bids; becomes rows once the answer is on its way.
#[derive(Debug)]
pub(crate) struct AuctionReport {
    started_at: i64,
    /// From the request's arrival until the answer can be written.
    took: Duration,
    outcome: AuctionOutcome,
    calls: usize,
    bids: Vec<BidRecord>,
    unfilled: Vec<Unfilled>,
}

/// An imp that a bidder was offered and made no bid for.
#[derive(Debug)]
struct Unfilled {
    /// The position of the call.
    call: usize,
    imp: ImpIndex,
    outcome: BidOutcome,
}

impl AuctionReport {
    /// The report of an auction whose bids are settled.
    pub(crate) fn of(request: &AuctionRequest, settled: &SettledAuction) -> Self {
        let bids: Vec<BidRecord> = settled.bids.iter().map(BidRecord::of).collect();
        Self {
            started_at: settled.started_at,
            took: request.budget.arrived.elapsed(),
            outcome: outcome(settled, &bids),
            calls: settled.calls.len(),
            unfilled: unfilled(settled),
            bids,
        }
    }

    /// Counts the auction.
    pub(crate) fn count(
        &self,
        metrics: &AuctionMetrics,
        request: &AuctionRequest,
        calls: &[CallReport],
    ) {
        metrics.observe(request, calls, &self.bids, (self.outcome, self.took));
        tracing::debug!(
            auction.id = request.shared.id,
            account.id = request.account.id,
            outcome = self.outcome.name(),
            bidders = self.calls,
            duration_ms = self.took.as_secs_f64() * 1000.0,
            "auction held"
        );
    }

    /// One row for the auction, one for each bid, one for each offered imp without a bid, one for each imp that was
    /// left out.
    pub(crate) fn rows(&self, request: &AuctionRequest, calls: &[CallReport]) -> Rows {
        let left_out = request.left_out.iter().take(MOST_LEFT_OUT);
        let mut rows = Rows::of_auction(self.bids.len() + self.calls + left_out.len());
        let auction = self.auction_row(request);
        rows.auction(auction.started_at, &auction);
        let bids = self.bids.iter().map(|bid| bid_row(request, bid));
        let unfilled = self.unfilled.iter();
        let unfilled = unfilled.filter_map(|unfilled| unfilled_row(request, calls, unfilled));
        let left_out = left_out.map(|imp| self.left_out_row(request, imp));
        let of_imps = bids.chain(unfilled).chain(left_out);
        // The ids differ in their end only.
        let mut id = format!("{}-", auction.event_id);
        let shared = id.len();
        for (number, mut row) in of_imps.enumerate() {
            id.truncate(shared);
            id.push_str(&number.to_string());
            row.event_id = Cow::Borrowed(&id);
            rows.bid(row.started_at, &row);
        }
        rows
    }

    fn auction_row<'a>(&self, request: &'a AuctionRequest) -> AuctionRow<'a> {
        let site = request.shared.site.as_ref();
        let page = site.and_then(|site| Url::parse(site.page.as_deref()?).ok());
        let publisher = request.shared.publisher();
        AuctionRow {
            event_id: Cow::Owned(format!("{}-{}", request.shared.id, self.started_at)),
            schema_version: Some(SCHEMA_VERSION),
            auction_id: Cow::Borrowed(&request.shared.id),
            page_view_id: lent(request.options.page_view_id.as_ref()),
            started_at: self.started_at,
            account: publisher.and_then(|publisher| lent(publisher.id.as_ref())),
            channel: lent(request.options.channel.as_ref()),
            page_domain: site.and_then(|site| lent(site.domain.as_ref())),
            page_path: page.map(|url| Cow::Owned(url.path().to_owned())),
            imps: count(request.imps.len()),
            bidders: count(self.calls),
            bids: count(self.bids.iter().filter(|bid| bid.is_fit).count()),
            imps_won: count(self.winners().count()),
            tmax_ms: u32::try_from(whole_ms(request.budget.tmax)).unwrap_or(u32::MAX),
            duration_ms: self.took.as_secs_f64() * 1000.0,
            winning_cpm: self
                .winners()
                .filter_map(|bid| bid.price)
                .map(Price::to_f64)
                .sum(),
            currency: Cow::Borrowed(&request.currency),
            outcome: Cow::Borrowed(self.outcome.name()),
        }
    }

    fn left_out_row<'a>(&self, request: &'a AuctionRequest, imp: &'a LeftOutImp) -> BidRow<'a> {
        let whole = imp.id.get(..imp.id.floor_char_boundary(LONGEST_ID));
        BidRow {
            schema_version: Some(SCHEMA_VERSION),
            auction_id: Cow::Borrowed(&request.shared.id),
            page_view_id: lent(request.options.page_view_id.as_ref()),
            started_at: self.started_at,
            imp_id: Cow::Borrowed(whole.unwrap_or_default()),
            outcome: Cow::Borrowed(imp.outcome.name()),
            non_bid_reason: imp.outcome.non_bid_reason(),
            currency: Some(Cow::Borrowed(request.currency.as_str())),
            ..BidRow::default()
        }
    }

    fn winners(&self) -> impl Iterator<Item = &BidRecord> {
        self.bids.iter().filter(|bid| won(bid))
    }
}

fn won(bid: &BidRecord) -> bool {
    bid.outcome == BidOutcome::Won
}

/// How the auction ended.
fn outcome(settled: &SettledAuction, bids: &[BidRecord]) -> AuctionOutcome {
    if settled.cut_off {
        AuctionOutcome::CutOff
    } else if bids.iter().any(won) {
        AuctionOutcome::Won
    } else if settled.calls.is_empty() {
        AuctionOutcome::NoBidders
    } else {
        AuctionOutcome::NoBids
    }
}

fn unfilled(settled: &SettledAuction) -> Vec<Unfilled> {
    let unfilled = settled.unfilled();
    unfilled
        .map(|(call, imp, outcome)| Unfilled { call, imp, outcome })
        .collect()
}

fn bid_row<'a>(request: &'a AuctionRequest, bid: &'a BidRecord) -> BidRow<'a> {
    BidRow {
        event_id: Cow::Borrowed(""),
        schema_version: Some(SCHEMA_VERSION),
        auction_id: Cow::Borrowed(&request.shared.id),
        page_view_id: lent(request.options.page_view_id.as_ref()),
        started_at: bid.started_at,
        imp_id: Cow::Borrowed(&bid.imp_id),
        bidder: Some(Cow::Borrowed(&bid.bidder)),
        seat: lent(bid.buyer.as_ref()),
        bid_id: Some(Cow::Borrowed(&bid.bid_id)),
        outcome: Cow::Borrowed(bid.outcome.name()),
        non_bid_reason: bid.outcome.non_bid_reason(),
        latency_ms: Some(bid.latency.as_secs_f64() * 1000.0),
        cpm: bid.price.map(Price::to_f64),
        currency: Some(Cow::Borrowed(request.currency.as_str())),
        price_bucket: lent(bid.bucket.as_ref()),
        floor: bid.floor.map(Price::to_f64),
        creative_size: bid.size.map(|(w, h)| Cow::Owned(format!("{w}x{h}"))),
        creative_id: lent(bid.creative_id.as_ref()),
        campaign_id: lent(bid.campaign_id.as_ref()),
        deal_id: lent(bid.deal_id.as_ref()),
    }
}

fn unfilled_row<'a>(
    request: &'a AuctionRequest,
    calls: &'a [CallReport],
    unfilled: &Unfilled,
) -> Option<BidRow<'a>> {
    let call = calls.get(unfilled.call)?;
    let imp_id = request.imp(unfilled.imp).map(|imp| imp.imp.id.as_str());
    Some(BidRow {
        schema_version: Some(SCHEMA_VERSION),
        auction_id: Cow::Borrowed(&request.shared.id),
        page_view_id: lent(request.options.page_view_id.as_ref()),
        started_at: call.started_at,
        imp_id: Cow::Borrowed(imp_id.unwrap_or_default()),
        bidder: Some(Cow::Borrowed(&call.bidder)),
        outcome: Cow::Borrowed(unfilled.outcome.name()),
        non_bid_reason: unfilled.outcome.non_bid_reason(),
        latency_ms: Some(call.latency.as_secs_f64() * 1000.0),
        currency: Some(Cow::Borrowed(request.currency.as_str())),
        ..BidRow::default()
    })
}

fn lent(text: Option<&String>) -> Option<Cow<'_, str>> {
    text.map(|text| Cow::Borrowed(text.as_str()))
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}
