//! [`Ask`]: what a bidder is asked. Adapters take it, and bodies are written from it.

use openrtb::{BidRequest, MediaType};
use serde_json::Value;

use crate::money::currency::Exchange;
use crate::request::ImpIndex;
use crate::request::auction_request::offered_imp::OfferedImp;

/// What one bidder is asked in one auction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    /// The request as this bidder may see it, without imps and tmax.
    pub(crate) shared: &'a BidRequest,
    /// All imps of the request; the offers say which of them count.
    pub(crate) imps: &'a [OfferedImp],
    /// The offers for this bidder, at least one.
    pub(crate) offers: &'a [Offer<'a>],
    /// The tmax in milliseconds that the bidder sees.
    pub(crate) tmax: i64,
    /// Exchange rates.
    pub(crate) exchange: &'a Exchange,
    /// The media type it sees of an imp with several, if it takes only one; `None` = the first.
    pub(crate) preferred: Option<MediaType>,
}

impl<'a> Ask<'a> {
    /// The imp of an offer.
    pub(crate) fn imp(&self, index: ImpIndex) -> Option<&'a OfferedImp> {
        index.of(self.imps)
    }
}

/// An imp that a bidder is asked for, and its params for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Offer<'a> {
    /// Position of the imp in the request.
    pub(crate) imp: ImpIndex,
    /// The bidder's own params.
    pub(crate) params: &'a Value,
}
