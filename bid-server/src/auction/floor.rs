//! The least price that a bid must meet.

use openrtb::{Bid, Imp, Price};

use super::currency::Exchange;

/// OpenRTB 2.6 sections 3.2.4 and 3.2.12: floors are in USD where no currency is given.
const WIRE_DEFAULT_CURRENCY: &str = "USD";

/// A floor in the auction's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Floor {
    /// Of the imp.
    Imp(Price),
    /// Of the deal that the bid names.
    Deal(Price),
}

/// The floor for a bid. A deal has its own terms: the imp's floor does not bind it.
///
/// A floor in a currency that cannot be converted binds nobody; the SSP has seen it.
pub(super) fn floor_of(bid: &Bid, imp: &Imp, currency: &str, exchange: &Exchange) -> Option<Floor> {
    let in_auction = |floor: Option<Price>, code: &Option<String>| {
        let code = code.as_deref().unwrap_or(WIRE_DEFAULT_CURRENCY);
        exchange.convert(floor?, code, currency)
    };
    let Some(dealid) = bid.dealid.as_deref().filter(|id| !id.is_empty()) else {
        return in_auction(imp.bidfloor, &imp.bidfloorcur).map(Floor::Imp);
    };
    let mut deals = imp.pmp.iter().flat_map(|pmp| &pmp.deals);
    let deal = deals.find(|deal| deal.id == dealid)?;
    in_auction(deal.bidfloor, &deal.bidfloorcur).map(Floor::Deal)
}

impl Floor {
    /// The amount.
    pub(super) fn price(self) -> Price {
        match self {
            Self::Imp(price) | Self::Deal(price) => price,
        }
    }
}
