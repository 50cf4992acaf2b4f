//! Rules for the creative: size, secure markup, blocked advertisers and categories.

use ad_events::outcome::BidOutcome;
use openrtb::{Bid, BidRequest, MediaType};

use super::Court;
use crate::request::auction_request::OfferedImp;

/// The first rule that the creative breaks.
pub(super) fn check(
    bid: &Bid,
    offered: &OfferedImp,
    media_type: MediaType,
    court: &Court<'_>,
) -> Result<(), BidOutcome> {
    if media_type == MediaType::Banner && !fits(bid, offered) {
        return Err(BidOutcome::SizeNotAllowed);
    }
    let must_be_secure =
        court.config.auction.require_secure_markup && offered.imp.secure == Some(1);
    if must_be_secure && is_insecure(bid) {
        return Err(BidOutcome::NotSecure);
    }
    if is_blocked(bid, &court.request.shared) {
        return Err(BidOutcome::Blocked);
    }
    Ok(())
}

/// Whether the slot takes the size. One without fixed sizes takes any.
fn fits(bid: &Bid, offered: &OfferedImp) -> bool {
    let banner = offered.imp.banner.as_ref();
    let flexible =
        banner.is_some_and(|banner| banner.format.iter().any(|format| format.size().is_none()));
    let sizes = offered.sizes();
    flexible || sizes.is_empty() || bid.size().is_some_and(|size| sizes.contains(&size))
}

/// Loads something over plain HTTP and nothing over HTTPS.
fn is_insecure(bid: &Bid) -> bool {
    let adm = bid.adm.as_deref().unwrap_or_default();
    let has =
        |scheme: &str| adm.contains(&format!("{scheme}:")) || adm.contains(&format!("{scheme}%3A"));
    has("http") && !has("https")
}

fn is_blocked(bid: &Bid, request: &BidRequest) -> bool {
    let domain = |domain: &String| {
        request
            .badv
            .iter()
            .any(|blocked| is_within(domain, blocked))
    };
    let category = |category: &String| request.bcat.contains(category);
    bid.adomain.iter().any(domain) || bid.cat.iter().any(category)
}

/// The domain itself or one below it.
fn is_within(domain: &str, blocked: &str) -> bool {
    let (domain, blocked) = (domain.to_ascii_lowercase(), blocked.to_ascii_lowercase());
    domain == blocked
        || domain
            .strip_suffix(&blocked)
            .is_some_and(|rest| rest.ends_with('.'))
}
