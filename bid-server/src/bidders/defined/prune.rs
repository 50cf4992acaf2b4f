//! Leaves out what a bidder does not buy: channels, and media types of imps.

use openrtb::{BidRequest, MediaType};

use crate::bidders::adapter::{Ask, Offer, RefusedOffer};
use crate::bidders::info::Capabilities;
use crate::bidders::refused::Refused;

/// An offer that the bidder can be asked for, without the kinds that it does not buy.
#[derive(Debug, Clone)]
pub(crate) struct Kept<'a> {
    pub(crate) offer: Offer<'a>,
    /// Kinds that the imp offers and that are hidden from the bidder.
    pub(crate) without: Vec<MediaType>,
}

/// What remains of an ask.
pub(crate) fn prune<'a>(
    ask: &Ask<'a>,
    capabilities: Option<&Capabilities>,
) -> (Vec<Kept<'a>>, Vec<RefusedOffer>) {
    let (mut kept, mut refused) = (Vec::new(), Vec::new());
    for offer in ask.offers {
        match keep(ask, offer, capabilities) {
            Ok(without) => kept.push(Kept {
                offer: *offer,
                without,
            }),
            Err(why) => refused.push(RefusedOffer {
                imp: offer.imp,
                why,
            }),
        }
    }
    (kept, refused)
}

fn keep(
    ask: &Ask<'_>,
    offer: &Offer<'_>,
    capabilities: Option<&Capabilities>,
) -> Result<Vec<MediaType>, Refused> {
    let Some(capabilities) = capabilities else {
        return Ok(Vec::new());
    };
    let bought = bought(ask.shared, capabilities);
    if bought.is_empty() {
        return Err(Refused::Channel);
    }
    let offered = ask.imp(offer.imp);
    let offered: Vec<MediaType> = offered
        .map(|imp| imp.imp.media_types().collect())
        .unwrap_or_default();
    let mut wanted: Vec<MediaType> = offered
        .iter()
        .copied()
        .filter(|kind| bought.contains(kind))
        .collect();
    if wanted.is_empty() {
        return Err(Refused::MediaType);
    }
    if !capabilities.multi_format {
        if let Some(preferred) = ask.preferred.filter(|kind| wanted.contains(kind)) {
            wanted = vec![preferred];
        }
        wanted.truncate(1);
    }
    Ok(offered
        .into_iter()
        .filter(|kind| !wanted.contains(kind))
        .collect())
}

/// What the bidder buys in the channel that this request comes from.
pub(crate) fn bought<'c>(request: &BidRequest, capabilities: &'c Capabilities) -> &'c [MediaType] {
    if request.app.is_some() {
        &capabilities.app
    } else if request.dooh.is_some() {
        &capabilities.dooh
    } else {
        &capabilities.site
    }
}
