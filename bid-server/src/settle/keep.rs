//! Stores creatives that pages and players fetch later.

use openrtb::MediaType;

use super::creative_cache::of_auction::{self, Content, vast_of};
use super::creative_cache::{EntryKind, Put};
use super::{Cached, SettleResources, SettledAuction, SettledBid};
use crate::remark::{Remark, code};
use crate::request::AuctionRequest;
use crate::request::auction_request::{CacheRequest, CacheTerms};

/// Stores what the request asks for. If the cache fails, bids stay as they are, with their markup.
pub(super) async fn keep(
    resources: SettleResources<'_>,
    request: &AuctionRequest,
    wanted: &CacheRequest,
    settled: &mut SettledAuction,
    write: impl Fn(&SettledBid) -> String,
) {
    // Nobody fetches a creative that no key-values point to.
    if request.options.targeting.is_none() {
        return;
    }
    let puts = puts(resources, request, wanted, &settled.bids, write);
    if puts.is_empty() {
        return;
    }
    let (kept, failure) = of_auction::keep(resources.cache, puts).await;
    if let Some(error) = failure {
        tracing::warn!(%error, "creatives are not kept");
        let text = error.to_string();
        let remark = Remark::of_bidder("cache", code::CACHE, text);
        settled.errors.push(remark);
    }
    for (index, content, id) in kept {
        let Some(bid) = settled.bids.get_mut(index) else {
            continue;
        };
        let cached = bid.cached.get_or_insert_with(|| Cached {
            bid_id: None,
            vast_id: None,
            host: resources.cache.host(),
            path: resources.cache.path().to_owned(),
        });
        let terms = match content {
            Content::Bid => {
                cached.bid_id = Some(id);
                wanted.bids
            }
            Content::Vast => {
                cached.vast_id = Some(id);
                wanted.vast
            }
        };
        if terms.is_some_and(|terms| !terms.return_creative) {
            bid.judged.bid.adm = None;
        }
    }
}

/// What is to be stored, either of the winners only or of every bidder's best bid.
fn puts(
    resources: SettleResources<'_>,
    request: &AuctionRequest,
    wanted: &CacheRequest,
    bids: &[SettledBid],
    write: impl Fn(&SettledBid) -> String,
) -> Vec<(usize, Content, Put)> {
    let mut puts = Vec::new();
    for (index, bid) in bids.iter().enumerate() {
        let judged = &bid.judged;
        let Some(rank) = judged.rank else { continue };
        let most = request.options.multi_bids.of(&judged.seat).max;
        if rank.of_imp > 0 && (wanted.winning_only || rank.of_seat >= most) {
            continue;
        }
        if let Some(terms) = wanted.bids {
            let life = life(resources, request, bid, terms);
            let put = of_auction::put(EntryKind::Json, write(bid), life);
            puts.push((index, Content::Bid, put));
        }
        let is_vast = matches!(judged.media_type, MediaType::Video | MediaType::Audio);
        let vast = wanted.vast.filter(|_| is_vast);
        if let Some((terms, text)) = vast.and_then(|terms| Some((terms, vast_of(&judged.bid)?))) {
            let life = life(resources, request, bid, terms);
            let put = of_auction::put(EntryKind::Xml, text, life);
            puts.push((index, Content::Vast, put));
        }
    }
    let most = resources.cache_config.max_value_bytes;
    puts.retain(|(_, _, put)| put.entry.content.len() <= most);
    puts
}

fn life(
    resources: SettleResources<'_>,
    request: &AuctionRequest,
    bid: &SettledBid,
    terms: CacheTerms,
) -> std::time::Duration {
    let judged = &bid.judged;
    let of_type = request.account.settings.cache_ttl.of(judged.media_type);
    let imp = judged.imp.and_then(|imp| request.imp(imp));
    let none = openrtb::Imp::default();
    let imp = imp.map_or(&none, |imp| &imp.imp);
    of_auction::life(imp, &judged.bid, terms, of_type, resources.cache_config)
}
