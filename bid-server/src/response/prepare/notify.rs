//! Notices that we send in place of the page.

use std::sync::Arc;

use ad_events::outcome::BidOutcome;
use openrtb::Price;
use tokio::time::Instant;

use super::bidder_of;
use crate::app::App;
use crate::auction::{HeldAuction, JudgedBid};
use crate::bidders::timeout_notice::TimeoutNotice;
use crate::house::HOUSE;
use crate::notices::{NoticeKind, Outgoing, Subject, Waiting};
use crate::request::AuctionRequest;
use crate::response::macros::{Values, expand};

/// Tells SSPs whose definitions ask for it that their answers were late.
pub(crate) fn late(app: &App, request: &AuctionRequest, held: &mut HeldAuction) {
    if !app.config.notices.enabled {
        return;
    }
    for call in &mut held.calls {
        let Some(TimeoutNotice { url, body }) = call.timeout_notice.take() else {
            continue;
        };
        let bidder = Arc::clone(&call.bidder);
        app.notices.send(Outgoing {
            kind: NoticeKind::Timeout,
            url,
            body,
            subject: subject(request, bidder, String::new(), held.started_at),
        });
    }
}

/// Tells each bid that cannot be shown any more why.
pub(super) fn losers(app: &App, request: &AuctionRequest, held: &HeldAuction) {
    for bid in &held.bids {
        let (Some(loss), Some(lurl)) = (loss_reason(bid.outcome), &bid.bid.lurl) else {
            continue;
        };
        let values = Values {
            auction_id: &request.shared.id,
            loss: Some(loss),
            min_to_win: min_to_win(bid, request, held),
            seen_at: None,
        };
        let notice = Outgoing {
            kind: NoticeKind::Lurl,
            url: expand(lurl, values, bid).unwrap_or_else(|| lurl.clone()),
            body: None,
            subject: of_bid(bid, request, held.started_at),
        };
        app.notices.send(notice);
    }
}

/// Takes the notices out of the bid and keeps them until the page tells of it.
pub(super) fn wait(app: &App, request: &AuctionRequest, bid: &mut JudgedBid, started_at: i64) {
    if bid.bidder.as_ref() == HOUSE {
        return;
    }
    // Without markup the win notice is what gives it.
    let has_adm = bid.bid.adm.as_ref().is_some_and(|adm| !adm.is_blank());
    let nurl = has_adm.then(|| bid.bid.nurl.take()).flatten();
    let burl = bid.bid.burl.take();
    bid.bid.lurl = None;
    if nurl.is_none() && burl.is_none() {
        return;
    }
    let waiting = Waiting {
        subject: of_bid(bid, request, started_at),
        nurl,
        burl,
    };
    app.notices.pending.keep(waiting, Instant::now());
}

fn of_bid(bid: &JudgedBid, request: &AuctionRequest, started_at: i64) -> Subject {
    subject(request, bidder_of(bid), bid.adid.clone(), started_at)
}

fn subject(request: &AuctionRequest, bidder: Arc<str>, bid_id: String, started_at: i64) -> Subject {
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
fn min_to_win(bid: &JudgedBid, request: &AuctionRequest, held: &HeldAuction) -> Option<Price> {
    let mut bids = held.bids.iter();
    let winner = bids.find(|other| other.imp == bid.imp && other.place == Some(0))?;
    let exchange = &request.exchange;
    exchange.convert(winner.price?, &request.currency, &bid.bid_currency)
}

/// OpenRTB's list of loss reasons (AdCOM 1.0, "Loss Reason Codes"); `None` = it has not lost.
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
        // Of calls, not of bids; and what has no number of its own.
        _ => Some(200),
    }
}
