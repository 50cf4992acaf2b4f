//! The rows of one auction: [`rows`], and how it ended: [`outcome`].

use std::borrow::Cow;

use ad_events::auction::AuctionRow;
use ad_events::bid::BidRow;
use ad_events::outcome::{AuctionOutcome, BidOutcome};
use openrtb::Price;
use url::Url;

use super::rows::Rows;
use crate::auction::{CallReport, HeldAuction, JudgedBid};
use crate::request::AuctionRequest;
use crate::request::tmax::whole_ms;

/// Layout of the rows; raised when a field changes its meaning.
const SCHEMA_VERSION: u32 = 1;

/// The rows of an auction: one for itself, one per bid, one per offered imp without bid.
pub(crate) fn rows(request: &AuctionRequest, held: &HeldAuction, outcome: AuctionOutcome) -> Rows {
    let mut rows = Rows::of_auction(held.bids.len() + held.calls.len());
    let auction = auction_row(request, held, outcome);
    rows.auction(auction.started_at, &auction);
    let bids = held.bids.iter().map(|bid| bid_row(request, bid));
    let unfilled = held.unfilled();
    let unfilled = unfilled.map(|(call, imp, outcome)| unfilled_row(request, call, imp, outcome));
    for (number, mut row) in bids.chain(unfilled).enumerate() {
        row.event_id = Cow::Owned(format!("{}-{number}", auction.event_id));
        rows.bid(row.started_at, &row);
    }
    rows
}

/// How the auction ended.
pub(crate) fn outcome(held: &HeldAuction) -> AuctionOutcome {
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

fn auction_row<'a>(
    request: &'a AuctionRequest,
    held: &HeldAuction,
    outcome: AuctionOutcome,
) -> AuctionRow<'a> {
    let site = request.shared.site.as_ref();
    let page = site.and_then(|site| Url::parse(site.page.as_deref()?).ok());
    let publisher = request.shared.publisher();
    AuctionRow {
        event_id: Cow::Owned(format!("{}-{}", request.shared.id, held.started_at)),
        schema_version: Some(SCHEMA_VERSION),
        auction_id: Cow::Borrowed(&request.shared.id),
        page_view_id: lent(request.options.page_view_id.as_ref()),
        started_at: held.started_at,
        account: publisher.and_then(|publisher| lent(publisher.id.as_ref())),
        channel: lent(request.options.channel.as_ref()),
        page_domain: site.and_then(|site| lent(site.domain.as_ref())),
        page_path: page.map(|url| Cow::Owned(url.path().to_owned())),
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
        currency: Cow::Borrowed(&request.currency),
        outcome: Cow::Borrowed(outcome.name()),
    }
}

fn bid_row<'a>(request: &'a AuctionRequest, bid: &'a JudgedBid) -> BidRow<'a> {
    BidRow {
        event_id: Cow::Borrowed(""),
        schema_version: Some(SCHEMA_VERSION),
        auction_id: Cow::Borrowed(&request.shared.id),
        page_view_id: lent(request.options.page_view_id.as_ref()),
        started_at: bid.started_at,
        imp_id: Cow::Borrowed(&bid.bid.impid),
        bidder: Cow::Borrowed(&bid.bidder),
        seat: lent(bid.buyer.as_ref()),
        bid_id: Some(Cow::Borrowed(&bid.bid.id)),
        outcome: Cow::Borrowed(bid.outcome.name()),
        non_bid_reason: bid.outcome.non_bid_reason(),
        latency_ms: bid.latency.as_secs_f64() * 1000.0,
        cpm: bid.price.map(Price::to_f64),
        currency: Some(Cow::Borrowed(request.currency.as_str())),
        price_bucket: lent(bid.bucket.as_ref()),
        floor: bid.floor.map(Price::to_f64),
        creative_size: bid.bid.size().map(|(w, h)| Cow::Owned(format!("{w}x{h}"))),
        creative_id: lent(bid.bid.crid.as_ref()),
        campaign_id: lent(bid.bid.cid.as_ref()),
        deal_id: lent(bid.bid.dealid.as_ref()),
    }
}

fn unfilled_row<'a>(
    request: &'a AuctionRequest,
    call: &'a CallReport,
    imp: usize,
    outcome: BidOutcome,
) -> BidRow<'a> {
    let imp_id = request.imps.get(imp).map(|imp| imp.imp.id.as_str());
    BidRow {
        schema_version: Some(SCHEMA_VERSION),
        auction_id: Cow::Borrowed(&request.shared.id),
        page_view_id: lent(request.options.page_view_id.as_ref()),
        started_at: call.started_at,
        imp_id: Cow::Borrowed(imp_id.unwrap_or_default()),
        bidder: Cow::Borrowed(&call.bidder),
        outcome: Cow::Borrowed(outcome.name()),
        non_bid_reason: outcome.non_bid_reason(),
        latency_ms: call.latency.as_secs_f64() * 1000.0,
        currency: Some(Cow::Borrowed(request.currency.as_str())),
        ..BidRow::default()
    }
}

fn lent(text: Option<&String>) -> Option<Cow<'_, str>> {
    text.map(|text| Cow::Borrowed(text.as_str()))
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}
