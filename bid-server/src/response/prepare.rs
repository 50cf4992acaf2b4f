//! Makes ranked bids ready for the answer: macros, events, notices, kept creatives.
//!
//! Runs between ranking and key-values, because keys name the kept creatives, and what is kept must
//! be what the page would have got.

mod keep;
mod notify;

pub(crate) use notify::late;

use std::sync::Arc;

use openrtb::MediaType;

use super::macros::{KEPT, PREFIX, Values, expand};
use crate::app::App;
use crate::auction::{BidEvents, HeldAuction, JudgedBid};
use crate::events::{About, Event, vast};
use crate::house::{self, HOUSE};
use crate::request::AuctionRequest;

/// All of it, for all bids.
pub(crate) async fn prepare(app: &App, request: &AuctionRequest, held: &mut HeldAuction) {
    let notices = request.bids.notices && app.config.notices.enabled;
    if notices {
        notify::losers(app, request, held);
    }
    let started_at = held.started_at;
    for bid in held.bids.iter_mut().filter(|bid| bid.is_fit()) {
        expand_macros(bid, request, notices);
        if request.bids.events || notices {
            add_events(bid, request, started_at, app);
        }
        if notices {
            notify::wait(app, request, bid, started_at);
        }
    }
    if let Some(wish) = &request.bids.cache {
        keep::keep(app, request, wish, held).await;
    }
}

fn expand_macros(bid: &mut JudgedBid, request: &AuctionRequest, notices: bool) {
    let values = Values {
        auction_id: &request.shared.id,
        loss: (bid.place == Some(0)).then_some(0),
        ..Values::default()
    };
    let billed = Values {
        seen_at: notices.then_some(KEPT),
        ..values
    };
    let with = |text: &Option<String>, values| expand(text.as_deref()?, values, bid);
    let adm = bid.bid.adm.as_ref();
    // Most markup has no macro of ours; only what has one is read.
    let adm = adm.filter(|adm| adm.contains(PREFIX));
    let adm = adm.and_then(|adm| expand(&adm.text(), values, bid));
    let nurl = with(&bid.bid.nurl, values);
    let burl = with(&bid.bid.burl, billed);
    let lurl = with(&bid.bid.lurl, values);
    if let Some(adm) = adm {
        bid.bid.adm = Some(adm.into());
    }
    for (place, expanded) in [
        (&mut bid.bid.nurl, nurl),
        (&mut bid.bid.burl, burl),
        (&mut bid.bid.lurl, lurl),
    ] {
        if expanded.is_some() {
            *place = expanded;
        }
    }
    if &*bid.bidder == HOUSE
        && let Some(mut ext) = bid.bid.ext.take()
    {
        house::expand(&mut ext, |text| expand(text, values, bid));
        bid.bid.ext = Some(ext);
    }
}

/// Addresses for the page. VAST tells of its impression itself where we may write into it.
fn add_events(bid: &mut JudgedBid, request: &AuctionRequest, started_at: i64, app: &App) {
    let account = request.account.id.as_deref();
    let about = About {
        bid_id: &bid.adid,
        account: account.unwrap_or_default(),
        bidder: &bid.seat,
        auction_id: &request.shared.id,
        auctioned_at: started_at,
        integration: request.bids.integration.as_deref(),
    };
    let imp = about.url(Event::Imp, &app.public_url);
    let win = about.url(Event::Win, &app.public_url);
    let is_vast = matches!(bid.media_type, MediaType::Video | MediaType::Audio);
    let written = (is_vast && may_write(app, &bid.bidder))
        .then(|| vast::with_impression(&bid.bid.adm.as_ref()?.text(), &imp))
        .flatten();
    let imp = written.is_none().then_some(imp);
    if let Some(written) = written {
        bid.bid.adm = Some(written.into());
    }
    bid.events = Some(BidEvents { win, imp });
}

/// Whether the bidder lets us write into its VAST.
pub(crate) fn may_write(app: &App, bidder: &str) -> bool {
    let info = app.registry.get(bidder).map(|bidder| &bidder.info);
    bidder == HOUSE || info.is_some_and(|info| info.modifying_vast_xml_allowed)
}

/// The configured bidder of a judged bid, to be kept beyond the auction.
fn bidder_of(bid: &JudgedBid) -> Arc<str> {
    Arc::clone(&bid.bidder)
}
