//! Keeps creatives for pages and players that fetch them later.

use openrtb::MediaType;

use crate::app::App;
use crate::auction::{Cached, HeldAuction, JudgedBid};
use crate::creative_cache::of_auction::{self, CacheTerms, CacheWish, What, vast_of};
use crate::creative_cache::{Kind, Put};
use crate::notice::{Notice, code};
use crate::request::AuctionRequest;
use crate::response::seat_bid;

/// Keeps what the request asks for. Where the cache fails, bids stay as they are, with their markup.
pub(super) async fn keep(
    app: &App,
    request: &AuctionRequest,
    wish: &CacheWish,
    held: &mut HeldAuction,
) {
    // What gets no key-values is fetched by nobody.
    if request.options.targeting.is_none() {
        return;
    }
    let wanted = wanted(app, request, wish, &held.bids);
    if wanted.is_empty() {
        return;
    }
    let (kept, failure) = of_auction::keep(&app.cache, wanted).await;
    if let Some(error) = failure {
        tracing::warn!(%error, "creatives are not kept");
        let text = error.to_string();
        held.errors.push(Notice::about("cache", code::CACHE, text));
    }
    for (index, what, id) in kept {
        let Some(bid) = held.bids.get_mut(index) else {
            continue;
        };
        let cached = bid.cached.get_or_insert_with(|| Cached {
            bid_id: None,
            vast_id: None,
            host: app.cache.host(),
            path: app.cache.path().to_owned(),
        });
        let terms = match what {
            What::Bid => {
                cached.bid_id = Some(id);
                wish.bids
            }
            What::Vast => {
                cached.vast_id = Some(id);
                wish.vast
            }
        };
        if terms.is_some_and(|terms| !terms.return_creative) {
            bid.bid.adm = None;
        }
    }
}

/// What is to be kept, of the winners alone or of every bidder's best.
fn wanted(
    app: &App,
    request: &AuctionRequest,
    wish: &CacheWish,
    bids: &[JudgedBid],
) -> Vec<(usize, What, Put)> {
    let mut wanted = Vec::new();
    for (index, bid) in bids.iter().enumerate().filter(|(_, bid)| bid.is_fit()) {
        let most = request.options.multi_bids.of(&bid.seat).max;
        let best = bid.place_of_bidder.is_some_and(|nth| nth < most);
        if bid.place != Some(0) && (wish.winning_only || !best) {
            continue;
        }
        if let Some(terms) = wish.bids {
            let wire = seat_bid::wire(bid.clone(), request);
            // Wire types always become text.
            let text = serde_json::to_string(&wire).unwrap_or_default();
            let put = of_auction::put(Kind::Json, text, life(app, request, bid, terms));
            wanted.push((index, What::Bid, put));
        }
        let is_vast = matches!(bid.media_type, MediaType::Video | MediaType::Audio);
        let vast = wish.vast.filter(|_| is_vast);
        if let Some((terms, text)) = vast.and_then(|terms| Some((terms, vast_of(&bid.bid)?))) {
            let put = of_auction::put(Kind::Xml, text, life(app, request, bid, terms));
            wanted.push((index, What::Vast, put));
        }
    }
    wanted.retain(|(_, _, put)| put.entry.content.len() <= app.config.cache.max_value_bytes);
    wanted
}

fn life(
    app: &App,
    request: &AuctionRequest,
    bid: &JudgedBid,
    terms: CacheTerms,
) -> std::time::Duration {
    let of_type = request.account.settings.cache_ttl.of(bid.media_type);
    let imp = bid.imp.and_then(|imp| request.imps.get(imp));
    let none = openrtb::Imp::default();
    let imp = imp.map_or(&none, |imp| &imp.imp);
    of_auction::life(imp, &bid.bid, terms, of_type, &app.config.cache)
}
