//! Fills in what the page needs of every bid: kind, size, creative id.
//!
//! Prebid.js rejects a bid without `crid`, and shows a bid without a size as 0x0 if the slot has several sizes.

use openrtb::{Bid, Imp, MediaType};

use crate::request::auction_request::offered_imp::OfferedImp;

/// The kind of a bid: `mtype`, else `ext.prebid.type`, else what the imp offers. `None` = it was not offered.
pub(super) fn media_type(bid: &Bid, imp: &Imp) -> Option<MediaType> {
    let named = || MediaType::from_name(bid.prebid()?.kind.as_deref()?);
    let stated = bid.mtype.or_else(named);
    imp.media_types()
        .find(|offered| stated.is_none_or(|stated| stated == *offered))
}

/// Writes kind, creative id and size into the bid.
pub(super) fn fill(bid: &mut Bid, offered: &OfferedImp, media_type: MediaType) {
    bid.mtype = Some(media_type);
    if bid.crid.as_ref().is_none_or(String::is_empty) {
        // The bid's id is the closest thing to an id of its creative.
        bid.crid = Some(bid.adid.clone().unwrap_or_else(|| bid.id.clone()));
    }
    if bid.size().is_some() {
        return;
    }
    let first = match media_type {
        MediaType::Banner => offered.sizes().first().copied(),
        MediaType::Video => offered
            .imp
            .video
            .as_ref()
            .and_then(|video| video.w.zip(video.h)),
        MediaType::Audio | MediaType::Native => None,
    };
    if let Some((w, h)) = first {
        (bid.w, bid.h) = (Some(w), Some(h));
    }
}
