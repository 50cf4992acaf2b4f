//! Step 4, settle: what a bid needs before anybody is told of it: macros, events, notices, a kept creative.
//!
//! This runs between ranking and key-values, because keys name the kept creatives, and because the kept
//! creative must be exactly what the page would have got. [`macros`] fills prices into notices and markup,
//! [`events`] makes the addresses that pages and players call, [`bid_notices`] are sent on behalf of the
//! page, and [`creative_cache`] keeps creatives that are fetched later.

pub(crate) mod bid_notices;
pub(crate) mod creative_cache;
pub(crate) mod events;
mod keep;
pub(crate) mod macros;
mod notify;
mod settled_bid;

use std::sync::LazyLock;

use openrtb::{Bid, MediaType, Word};
use url::Url;

pub(crate) use settled_bid::{BidEvents, Cached, MarkupSource, SettledAuction, SettledBid};

use crate::auction::house::{self, HOUSE};
use crate::auction::{HeldAuction, JudgedBid};
use crate::bidders::registry::Registry;
use crate::request::AuctionRequest;
use bid_notices::BidNotices;
use creative_cache::of_auction::wrapper;
use creative_cache::{CacheConfig, CreativeCache};
use events::{Event, EventAddress, vast};
use macros::{ImpressionTime, MacroValues, PREFIX, expand};

/// What settling bids needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SettleResources<'a> {
    /// Knows which bidders let us write into their VAST.
    pub(crate) registry: &'a Registry,
    /// Where creatives go.
    pub(crate) cache: &'a CreativeCache,
    /// How long creatives are kept, and how large they may be.
    pub(crate) cache_config: &'a CacheConfig,
    /// Notices for SSPs; `None` = none are sent.
    pub(crate) notices: Option<&'a BidNotices>,
    /// Where we can be reached from outside.
    pub(crate) public_url: &'a Url,
}

/// Settles all bids. `write` makes the JSON of a bid as the page gets it.
pub(crate) async fn settle(
    resources: SettleResources<'_>,
    request: &AuctionRequest,
    held: HeldAuction,
    write: impl Fn(&SettledBid) -> String + Send,
) -> SettledAuction {
    let mut settled = SettledAuction::new(held, request);
    if let Some(notices) = resources.notices {
        notify::late(notices, request, &mut settled);
    }
    // With the client gone, nobody would see a bid, fetch it or hear of it.
    if settled.cut_off {
        return settled;
    }
    let notices = resources.notices.filter(|_| request.bids.notices);
    if let Some(notices) = notices {
        notify::losers(notices, request, &settled);
    }
    let started_at = settled.started_at;
    for bid in settled.fit_bids() {
        expand_macros(&mut bid.judged, request, notices.is_some());
        if request.bids.events || notices.is_some() {
            add_events(bid, request, started_at, resources);
        }
        if let Some(notices) = notices {
            notify::hold_back(notices, request, bid, started_at);
        }
    }
    if let Some(wanted) = &request.bids.cache {
        keep::keep(resources, request, wanted, &mut settled, write).await;
    }
    settled
}

/// The beginning of every macro, which is looked for in markup.
static MACRO: LazyLock<Word> = LazyLock::new(|| Word::new(PREFIX));

fn expand_macros(bid: &mut JudgedBid, request: &AuctionRequest, notices: bool) {
    let values = MacroValues {
        auction_id: &request.shared.id,
        loss: bid.is_winner().then_some(0),
        ..MacroValues::default()
    };
    let billed = MacroValues {
        impression: if notices {
            ImpressionTime::FilledLater
        } else {
            ImpressionTime::Unknown
        },
        ..values
    };
    let with = |text: &Option<String>, values| expand(text.as_deref()?, values, bid);
    let adm = bid.bid.adm.as_ref();
    // Most markup contains none of our macros; only markup that does is processed.
    let adm = adm.filter(|adm| adm.contains(&MACRO));
    let adm = adm.and_then(|adm| expand(&adm.text(), values, bid));
    let nurl = with(&bid.bid.nurl, values);
    let burl = with(&bid.bid.burl, billed);
    let lurl = with(&bid.bid.lurl, values);
    if let Some(adm) = adm {
        bid.bid.adm = Some(adm.into());
    }
    for (url, expanded) in [
        (&mut bid.bid.nurl, nurl),
        (&mut bid.bid.burl, burl),
        (&mut bid.bid.lurl, lurl),
    ] {
        if expanded.is_some() {
            *url = expanded;
        }
    }
    if &*bid.bidder == HOUSE
        && let Some(mut ext) = bid.bid.ext.take()
    {
        house::expand(&mut ext, |text| expand(text, values, bid));
        bid.bid.ext = Some(ext);
    }
}

/// Adds the addresses for the page. If we may write into it, VAST reports its impression itself.
fn add_events(
    bid: &mut SettledBid,
    request: &AuctionRequest,
    started_at: i64,
    resources: SettleResources<'_>,
) {
    let account = request.account.id.as_deref();
    let address = EventAddress {
        bid_id: &bid.adid,
        account: account.unwrap_or_default(),
        bidder: &bid.judged.seat,
        auction_id: &request.shared.id,
        auctioned_at: started_at,
        integration: request.bids.integration.as_deref(),
    };
    let imp = address.url(Event::Imp, resources.public_url);
    let win = address.url(Event::Win, resources.public_url);
    let judged = &mut bid.judged;
    let is_vast = matches!(judged.media_type, MediaType::Video | MediaType::Audio);
    let written = (is_vast && may_write_into_vast(resources.registry, &judged.bidder))
        .then(|| with_impression(&judged.bid, &imp))
        .flatten();
    let imp = written.is_none().then_some(imp);
    if let Some(written) = written {
        judged.bid.adm = Some(written.into());
    }
    bid.events = Some(BidEvents { win, imp });
}

/// The VAST of a bid with our impression; VAST that the win notice serves gets a wrapper for it.
fn with_impression(bid: &Bid, imp: &str) -> Option<String> {
    match &bid.adm {
        Some(adm) if !adm.is_blank() => vast::with_impression(&adm.text(), imp),
        _ => {
            let nurl = bid.nurl.as_deref().map(str::trim);
            let nurl = nurl.filter(|nurl| !nurl.is_empty())?;
            Some(wrapper(nurl, imp))
        }
    }
}

/// Whether the bidder lets us write into its VAST.
pub(crate) fn may_write_into_vast(registry: &Registry, bidder: &str) -> bool {
    let info = registry.get(bidder).map(|bidder| &bidder.info);
    bidder == HOUSE || info.is_some_and(|info| info.modifying_vast_xml_allowed)
}
