//! What comes back as it was sent: `passthrough` of the request and its imps, and the attributes of stored videos.

use openrtb::Members;

use super::wire::{AnswerBid, AnswerSeat};
use crate::request::AuctionRequest;
use crate::request::auction_request::offered_imp::OfferedImp;

/// `ext.prebid.passthrough` of the answer.
pub(super) fn of_request(request: &AuctionRequest) -> Members {
    let passthrough = request.options.passthrough.clone();
    let members = passthrough.map(|value| ("passthrough".to_owned(), value));
    members.into_iter().collect()
}

/// What each bid gets back with it: `ext.prebid.passthrough` and `ext.storedrequestattributes`.
pub(super) fn add(seats: &mut [AnswerSeat], imps: &[OfferedImp]) {
    let echoes = |imp: &&OfferedImp| imp.passthrough.is_some() || imp.echo_video;
    let bids = seats.iter_mut().flat_map(|seat| &mut seat.bid);
    for bid in bids {
        let imp = imps
            .iter()
            .filter(echoes)
            .find(|imp| imp.imp.id == bid.impid);
        if let Some(imp) = imp {
            add_one(bid, imp);
        }
    }
}

fn add_one(bid: &mut AnswerBid, imp: &OfferedImp) {
    let ext = bid.ext.get_or_insert_default();
    if let Some(passthrough) = &imp.passthrough {
        let prebid = &mut ext.prebid.other;
        prebid.insert("passthrough".to_owned(), passthrough.clone());
    }
    let video = imp.imp.video.as_ref().filter(|_| imp.echo_video);
    if let Some(video) = video.and_then(|video| serde_json::to_value(video).ok()) {
        ext.other
            .insert("storedrequestattributes".to_owned(), video);
    }
}
