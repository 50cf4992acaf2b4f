//! The pure trait between the auction and the dialects of SSPs. No I/O in here, nor behind it.

use std::fmt::Debug;

use axum::http::{HeaderName, HeaderValue, Method};
use bytes::Bytes;
use openrtb::{Bid, BidRequest, MediaType};
use serde_json::Value;
use thiserror::Error;
use url::Url;

use super::bodies::Bodies;
use crate::money::currency::Exchange;
use crate::request::auction_request::OfferedImp;

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

/// An imp for which a bidder is asked, and with what params.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Offer<'a> {
    /// Position of the imp in the request.
    pub(crate) imp: usize,
    /// The bidder's own params.
    pub(crate) params: &'a Value,
}

/// The calls that ask for a bidder's offers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls {
    /// Sent all at once.
    pub(crate) calls: Vec<HttpCall>,
    /// Offers that the bidder cannot be asked for.
    pub(crate) refused: Vec<RefusedOffer>,
}

/// An offer that no call asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefusedOffer {
    /// Position of the imp in the request.
    pub(crate) imp: usize,
    /// Why.
    pub(crate) why: Refused,
}

/// Why a bidder cannot be asked for an imp.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum Refused {
    /// It buys none on sites, or in apps, or out of home.
    #[error("does not buy in this channel")]
    Channel,
    /// It buys none of the kinds on offer.
    #[error("does not buy this media type")]
    MediaType,
    /// The floor cannot be told in the bidder's currency.
    #[error("no exchange rate to {0}")]
    Currency(String),
    /// Something that it needs is missing or has the wrong form.
    #[error("{0}")]
    Unfit(String),
}

/// One HTTP request to an SSP.
#[derive(Debug, Clone)]
pub(crate) struct HttpCall {
    /// `GET` goes without body.
    pub(crate) method: Method,
    /// Where to.
    pub(crate) url: Url,
    /// Beside `content-type` and `accept`, which all calls have; one of the same name replaces those.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// JSON as a rule.
    pub(crate) body: Bytes,
    /// The body in gzip, where the SSP gets it so.
    pub(crate) gzip: Option<Bytes>,
    /// Positions of the imps that it offers.
    pub(crate) imps: Vec<usize>,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    /// HTTP status.
    pub(crate) status: u16,
    /// The whole body.
    pub(crate) body: Bytes,
}

/// The bids of a reply, unchecked.
#[derive(Debug, Clone, Default)]
pub(crate) struct SspBids {
    /// Currency of all prices.
    pub(crate) currency: String,
    /// Id that the SSP gave its response, for `${AUCTION_BID_ID}`.
    pub(crate) bidid: Option<String>,
    /// In the order given.
    pub(crate) bids: Vec<SspBid>,
}

/// A bid with its seat.
///
/// What the adapter knows of the kind of markup is in `bid.mtype`; what it knows of the advertiser, in
/// `bid.ext.prebid.meta`.
#[derive(Debug, Clone, Default)]
pub(crate) struct SspBid {
    /// The buyer's seat at the SSP.
    pub(crate) buyer: Option<String>,
    /// Another name than the bidder's under which the bid stands in the answer.
    pub(crate) seat: Option<String>,
    /// The bid.
    pub(crate) bid: Bid,
}

/// Why a reply gives no bids.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum AdapterError {
    /// A status that is neither an answer nor "no bid".
    #[error("answered with status {0}")]
    Status(u16),
    /// Not an OpenRTB response.
    #[error("answer is no bid response: {0}")]
    Malformed(String),
}

/// Speaks one SSP's dialect.
pub(crate) trait Adapter: Debug + Send + Sync {
    /// The HTTP calls that ask for the offers.
    fn calls<'a>(&self, ask: &Ask<'a>, bodies: &mut Bodies<'a>) -> Calls;

    /// The bids in a reply to one of those calls.
    fn bids(&self, ask: &Ask<'_>, call: &HttpCall, reply: &Reply) -> Result<SspBids, AdapterError>;
}
