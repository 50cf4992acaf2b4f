//! Notices that we send on behalf of the page.

use std::sync::Arc;

use ad_events::outcome::BidOutcome;
use openrtb::Price;
use tokio::time::Instant;

use super::bid_notices::{BidNotice, BidNotices, NoticeKind, PendingNotices, Subject};
use super::macros::{MacroValues, expand};
use super::{MarkupSource, SettledAuction, SettledBid};
use crate::auction::JudgedBid;
use crate::auction::house::HOUSE;
use crate::bidders::timeout_notice::TimeoutNotice;
use crate::request::AuctionRequest;

/// Tells SSPs that their answers were late, if their definitions ask for it.
pub(super) fn late(notices: &BidNotices, request: &AuctionRequest, settled: &mut SettledAuction) {
    for call in &mut settled.calls {
        let Some(TimeoutNotice { url, body }) = call.timeout_notice.take() else {
            continue;
        };
        let bidder = Arc::clone(&call.bidder);
        notices.send(BidNotice {
            kind: NoticeKind::Timeout,
            url,
            body,
            subject: subject(request, bidder, None, settled.started_at),
        });
    }
}

/// Tells the SSP of each bid that can no longer be shown why it lost.
pub(super) fn losers(notices: &BidNotices, request: &AuctionRequest, settled: &SettledAuction) {
    for bid in &settled.bids {
        let judged = &bid.judged;
        let (Some(loss), Some(lurl)) = (loss_reason(judged.outcome), &judged.bid.lurl) else {
            continue;
        };
        let values = MacroValues {
            auction_id: &request.shared.id,
            loss: Some(loss),
            min_to_win: min_to_win(judged, request, settled),
            ..MacroValues::default()
        };
        let notice = BidNotice {
            kind: NoticeKind::Lurl,
            url: expand(lurl, values, judged).unwrap_or_else(|| lurl.clone()),
            body: None,
            subject: of_bid(bid, request, settled.started_at),
        };
        notices.send(notice);
    }
}

/// Takes the notices out of the bid and keeps them until the page reports on it.
pub(super) fn hold_back(
    notices: &BidNotices,
    request: &AuctionRequest,
    settled: &mut SettledBid,
    started_at: i64,
) {
    if settled.judged.bidder.as_ref() == HOUSE {
        return;
    }
    // A bid that came without markup is served by its win notice, even if we have put a wrapper around it.
    let has_adm = settled.markup == MarkupSource::Adm;
    let bid = &mut settled.judged.bid;
    let nurl = has_adm.then(|| bid.nurl.take()).flatten();
    let burl = bid.burl.take();
    bid.lurl = None;
    if nurl.is_none() && burl.is_none() {
        return;
    }
    let held_back = PendingNotices {
        subject: of_bid(settled, request, started_at),
        nurl,
        burl,
    };
    notices.pending.keep(held_back, Instant::now());
}

fn of_bid(bid: &SettledBid, request: &AuctionRequest, started_at: i64) -> Subject {
    let bidder = Arc::clone(&bid.judged.bidder);
    subject(request, bidder, Some(bid.adid.clone()), started_at)
}

fn subject(
    request: &AuctionRequest,
    bidder: Arc<str>,
    bid_id: Option<String>,
    started_at: i64,
) -> Subject {
    let account = request.account.id.as_deref();
    Subject {
        auction_id: Arc::from(request.shared.id.as_str()),
        bid_id,
        bidder,
        account: account.map(Arc::from),
        auctioned_at: started_at,
    }
}

/// The winner's price in the currency of the bid.
fn min_to_win(
    bid: &JudgedBid,
    request: &AuctionRequest,
    settled: &SettledAuction,
) -> Option<Price> {
    let mut bids = settled.bids.iter().map(|other| &other.judged);
    let winner = bids.find(|other| other.imp == bid.imp && other.is_winner())?;
    let exchange = &request.exchange;
    exchange.convert(winner.price?, &request.currency, &bid.bid_currency)
}

/// OpenRTB's list of loss reasons (AdCOM 1.0, "Loss Reason Codes"); `None` = it did not lose.
fn loss_reason(outcome: BidOutcome) -> Option<u16> {
    match outcome {
        BidOutcome::Won => None,
        BidOutcome::UnknownImp | BidOutcome::InvalidBid | BidOutcome::Duplicate => Some(3),
        BidOutcome::DealNotOffered => Some(4),
        BidOutcome::NoCreative => Some(7),
        BidOutcome::NoConversionRate => Some(9),
        BidOutcome::BelowFloor => Some(100),
        BidOutcome::BelowDealFloor => Some(101),
        BidOutcome::Outbid => Some(102),
        BidOutcome::SeatBlocked => Some(104),
        BidOutcome::SizeNotAllowed => Some(203),
        BidOutcome::MediaTypeNotOffered => Some(204),
        BidOutcome::Blocked => Some(205),
        BidOutcome::NotSecure => Some(207),
        BidOutcome::CategoryBlocked => Some(209),
        BidOutcome::AttributeBlocked => Some(210),
        // Outcomes of calls rather than bids, and outcomes without a number of their own.
        BidOutcome::NoBid
        | BidOutcome::TimedOut
        | BidOutcome::InvalidResponse
        | BidOutcome::Unreachable
        | BidOutcome::Skipped
        | BidOutcome::NotAwaited
        | BidOutcome::CutOff
        | BidOutcome::NotAsked
        | BidOutcome::UnsupportedChannel
        | BidOutcome::UnsupportedMediaType
        | BidOutcome::DsaMissing
        | BidOutcome::OverLimit
        | BidOutcome::ImpInvalid
        | BidOutcome::ImpNotStored
        | BidOutcome::ImpOverLimit => Some(200),
    }
}
