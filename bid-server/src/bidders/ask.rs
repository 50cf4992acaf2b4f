//! [`Ask`]: what a bidder is asked; adapters take it, and bodies are written from it.

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
    /// All imps of the request; the offers say which of them.
    pub(crate) imps: &'a [OfferedImp],
    /// What this bidder is asked for, at least one.
    pub(crate) offers: &'a [Offer<'a>],
    /// Milliseconds that the bidder is told.
    pub(crate) tmax: i64,
    /// Exchange rates.
    pub(crate) exchange: &'a Exchange,
    /// What it sees of an imp of several kinds, if it takes one only; `None` = the first.
    pub(crate) preferred: Option<MediaType>,
}

impl<'a> Ask<'a> {
    /// The imp of an offer.
    pub(crate) fn imp(&self, index: ImpIndex) -> Option<&'a OfferedImp> {
        index.of(self.imps)
    }
}

/// An imp for which a bidder is asked, and with what params.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Offer<'a> {
    /// Position of the imp in the request.
    pub(crate) imp: ImpIndex,
    /// The bidder's own params.
    pub(crate) params: &'a Value,
}
