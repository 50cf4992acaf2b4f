//! The lowest price that a bid must reach.

use ad_events::outcome::BidOutcome;
use openrtb::{Bid, Imp, MediaType, Price};
use rust_decimal::Decimal;

use crate::money::floors::of_format::of_format;
use crate::request::auction_request::offered_imp::OfferedImp;
use crate::request::{AuctionRequest, ImpIndex};

/// OpenRTB 2.6 sections 3.2.4 and 3.2.12: floors are in USD if no currency is given.
const WIRE_DEFAULT_CURRENCY: &str = "USD";
/// A bid that misses the floor by less than this is accepted, as in Prebid Server: 0.01.
const TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// A floor for a bid, in its own currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Floor<'a> {
    amount: Price,
    currency: &'a str,
    /// The outcome of a bid below it.
    below: BidOutcome,
}

/// The floor for a bid on the imp at `index`.
///
/// A deal has its own terms: the imp's floor binds it only if the request and the account say so.
pub(super) fn floor_of<'a>(
    bid: &Bid,
    (index, offered): (ImpIndex, &'a OfferedImp),
    media_type: MediaType,
    request: &'a AuctionRequest,
) -> Option<Floor<'a>> {
    let plan = &request.floors;
    let imp = &offered.imp;
    let ruled = index.of(&plan.imps).is_some_and(Option::is_some);
    let of_imp = |below| {
        let size = bid.size().or_else(|| offered.sizes().first().copied());
        let of_format = Some(imp).filter(|_| !ruled);
        let of_format = of_format.and_then(|imp| of_format_or_imp(imp, media_type, size));
        let (amount, currency) = of_format.or_else(|| whole(imp))?;
        Some(Floor {
            amount,
            currency,
            below,
        })
    };
    let Some(dealid) = bid.dealid.as_deref().filter(|id| !id.is_empty()) else {
        let held = plan.enforced.then_some(BidOutcome::BelowFloor);
        return of_imp(held?);
    };
    let mut deals = imp.pmp.iter().flat_map(|pmp| &pmp.deals);
    let deal = deals.find(|deal| deal.id == dealid);
    if let Some((deal, amount)) = deal.and_then(|deal| Some((deal, deal.bidfloor?))) {
        return Some(Floor {
            amount,
            currency: deal.bidfloorcur.as_deref().unwrap_or(WIRE_DEFAULT_CURRENCY),
            below: BidOutcome::BelowDealFloor,
        });
    }
    let held = plan.enforced && plan.for_deals;
    of_imp(held.then_some(BidOutcome::BelowDealFloor)?)
}

/// Amount and currency.
type Amount<'a> = (Price, &'a str);

fn whole(imp: &Imp) -> Option<Amount<'_>> {
    let currency = imp.bidfloorcur.as_deref().unwrap_or(WIRE_DEFAULT_CURRENCY);
    Some((imp.bidfloor?, currency))
}

/// The floor of a size or media type is in the imp's currency if it names none itself.
fn of_format_or_imp(
    imp: &Imp,
    media_type: MediaType,
    size: Option<(u32, u32)>,
) -> Option<Amount<'_>> {
    let (amount, currency) = of_format(imp, media_type, size)?;
    let whole = imp.bidfloorcur.as_deref();
    Some((amount, currency.or(whole).unwrap_or(WIRE_DEFAULT_CURRENCY)))
}

impl Floor<'_> {
    /// The amount in the auction's currency.
    pub(super) fn in_auction(&self, request: &AuctionRequest) -> Option<Price> {
        let exchange = &request.exchange;
        exchange.convert(self.amount, self.currency, &request.currency)
    }

    /// Checks a price in the auction's currency against the floor.
    ///
    /// A floor in a currency that cannot be converted binds nobody; the SSP has seen it.
    pub(super) fn check(&self, price: Price, request: &AuctionRequest) -> Result<(), BidOutcome> {
        let exchange = &request.exchange;
        let price = exchange.convert(price, &request.currency, self.currency);
        let reached = |price: Price| {
            let most = price.amount().checked_add(TOLERANCE);
            most.is_none_or(|most| most >= self.amount.amount())
        };
        if price.is_none_or(reached) {
            return Ok(());
        }
        Err(self.below)
    }
}
