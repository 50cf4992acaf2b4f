//! [`Report`]: the rows of one auction.

use ad_events::auction::AuctionRow;
use ad_events::bid::BidRow;
use ad_events::notice::NoticeRow;
use ad_events::outcome::{AuctionOutcome, BidOutcome};
use openrtb::Price;
use url::Url;

use crate::auction::{CallReport, HeldAuction, JudgedBid};
use crate::request::AuctionRequest;
use crate::request::tmax::whole_ms;

/// Layout of the rows; raised when a field changes its meaning.
const SCHEMA_VERSION: u32 = 1;

/// One auction with all its bids.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) auction: AuctionRow,
    pub(crate) bids: Vec<BidRow>,
    pub(crate) outcome: AuctionOutcome,
}

/// What waits for log-ingest.
#[derive(Debug)]
pub(crate) enum Rows {
    /// Of an auction.
    Auction(Report),
    /// About a bid after it.
    Notice(NoticeRow),
}

impl Rows {
    /// How many.
    pub(crate) fn rows(&self) -> usize {
        match self {
            Self::Auction(report) => report.rows(),
            Self::Notice(_) => 1,
        }
    }

    /// About how much memory they take.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Auction(report) => report.bytes(),
            Self::Notice(_) => size_of::<NoticeRow>() + USUAL_TEXT,
        }
    }
}

/// Text of a row beyond the struct itself: ids, names, outcome.
const USUAL_TEXT: usize = 200;

/// The rows of an auction: one for itself, one per bid, one per offered imp without bid.
pub(crate) fn of(request: &AuctionRequest, held: &HeldAuction) -> Report {
    let mut bids: Vec<BidRow> = held.bids.iter().map(|bid| bid_row(request, bid)).collect();
    bids.extend(
        held.unfilled()
            .map(|(call, imp, outcome)| unfilled_row(request, call, imp, outcome)),
    );
    let outcome = outcome(held);
    let auction = auction_row(request, held, outcome);
    for (number, bid) in bids.iter_mut().enumerate() {
        bid.event_id = format!("{}-{number}", auction.event_id);
    }
    Report {
        auction,
        bids,
        outcome,
    }
}

impl Report {
    /// Rows in it.
    pub(crate) fn rows(&self) -> usize {
        self.bids.len() + 1
    }

    /// About how much memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<AuctionRow>() + self.bids.len() * size_of::<BidRow>() + self.rows() * USUAL_TEXT
    }
}

fn outcome(held: &HeldAuction) -> AuctionOutcome {
    if held.cut_off {
        AuctionOutcome::CutOff
    } else if winners(held).next().is_some() {
        AuctionOutcome::Won
    } else if held.calls.is_empty() {
        AuctionOutcome::NoBidders
    } else {
        AuctionOutcome::NoBids
    }
}

fn winners(held: &HeldAuction) -> impl Iterator<Item = &JudgedBid> {
    held.bids
        .iter()
        .filter(|bid| bid.outcome == BidOutcome::Won)
}

fn auction_row(
    request: &AuctionRequest,
    held: &HeldAuction,
    outcome: AuctionOutcome,
) -> AuctionRow {
    let site = request.shared.site.as_ref();
    let page = site.and_then(|site| Url::parse(site.page.as_deref()?).ok());
    let publisher = request.shared.publisher();
    AuctionRow {
        event_id: format!("{}-{}", request.shared.id, held.started_at),
        schema_version: Some(SCHEMA_VERSION),
        auction_id: request.shared.id.clone(),
        page_view_id: request.options.page_view_id.clone(),
        started_at: held.started_at,
        account: publisher.and_then(|publisher| publisher.id.clone()),
        channel: request.options.channel.clone(),
        page_domain: site.and_then(|site| site.domain.clone()),
        page_path: page.map(|url| url.path().to_owned()),
        imps: count(request.imps.len()),
        bidders: count(held.calls.len()),
        bids: count(held.bids.iter().filter(|bid| bid.is_fit()).count()),
        imps_won: count(winners(held).count()),
        tmax_ms: u32::try_from(whole_ms(request.budget.tmax)).unwrap_or(u32::MAX),
        duration_ms: request.budget.arrived.elapsed().as_secs_f64() * 1000.0,
        winning_cpm: winners(held)
            .filter_map(|bid| bid.price)
            .map(Price::to_f64)
            .sum(),
        currency: request.currency.clone(),
        outcome: outcome.name().to_owned(),
    }
}

fn bid_row(request: &AuctionRequest, bid: &JudgedBid) -> BidRow {
    BidRow {
        event_id: String::new(),
        schema_version: Some(SCHEMA_VERSION),
        auction_id: request.shared.id.clone(),
        page_view_id: request.options.page_view_id.clone(),
        started_at: bid.started_at,
        imp_id: bid.bid.impid.clone(),
        bidder: bid.bidder.to_string(),
        seat: bid.buyer.clone(),
        bid_id: Some(bid.bid.id.clone()),
        outcome: bid.outcome.name().to_owned(),
        non_bid_reason: bid.outcome.non_bid_reason(),
        latency_ms: bid.latency.as_secs_f64() * 1000.0,
        cpm: bid.price.map(Price::to_f64),
        currency: Some(request.currency.clone()),
        price_bucket: bid.bucket.clone(),
        floor: bid.floor.map(Price::to_f64),
        creative_size: bid.bid.size().map(|(w, h)| format!("{w}x{h}")),
        creative_id: bid.bid.crid.clone(),
        campaign_id: bid.bid.cid.clone(),
        deal_id: bid.bid.dealid.clone(),
    }
}

fn unfilled_row(
    request: &AuctionRequest,
    call: &CallReport,
    imp: usize,
    outcome: BidOutcome,
) -> BidRow {
    let imp_id = request.imps.get(imp).map(|imp| imp.imp.id.clone());
    BidRow {
        schema_version: Some(SCHEMA_VERSION),
        auction_id: request.shared.id.clone(),
        page_view_id: request.options.page_view_id.clone(),
        started_at: call.started_at,
        imp_id: imp_id.unwrap_or_default(),
        bidder: call.bidder.to_string(),
        outcome: outcome.name().to_owned(),
        non_bid_reason: outcome.non_bid_reason(),
        latency_ms: call.latency.as_secs_f64() * 1000.0,
        currency: Some(request.currency.clone()),
        ..BidRow::default()
    }
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}
