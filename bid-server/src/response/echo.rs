//! What is returned as it was sent: `passthrough` of the request and its imps, and the attributes of stored videos.

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

/// The most bytes of copies in one answer: each bid for an imp gets one, so how many there are is a product
/// of what the caller and the SSPs send.
const MOST_BYTES: usize = 1 << 20;

/// Adds what each bid returns: `ext.prebid.passthrough` and `ext.storedrequestattributes`. Returns whether
/// some bids had to do without.
pub(super) fn add(seats: &mut [AnswerSeat], imps: &[OfferedImp]) -> bool {
    let mut left = MOST_BYTES;
    let echoes = |imp: &&OfferedImp| imp.passthrough.is_some() || imp.echo_video;
    let bids = seats.iter_mut().flat_map(|seat| &mut seat.bid);
    for bid in bids {
        let imp = imps
            .iter()
            .filter(echoes)
            .find(|imp| imp.imp.id == bid.impid);
        if let Some(imp) = imp {
            let Some(rest) = left.checked_sub(size(imp)) else {
                return true;
            };
            left = rest;
            add_one(bid, imp);
        }
    }
    false
}

/// Approximate bytes of what is copied from an imp.
fn size(imp: &OfferedImp) -> usize {
    let passthrough = imp.passthrough.as_ref();
    let video = imp.imp.video.as_ref().filter(|_| imp.echo_video);
    let passthrough = passthrough.map_or(0, |value| value.to_string().len());
    let video = video.and_then(|video| serde_json::to_string(video).ok());
    passthrough + video.map_or(0, |video| video.len())
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
