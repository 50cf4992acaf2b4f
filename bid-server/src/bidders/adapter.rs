//! The pure trait between the auction and the dialects of SSPs. There is no I/O here, nor in its implementations.

use std::fmt::Debug;

use axum::http::{HeaderName, HeaderValue, Method};
use bytes::Bytes;
use openrtb::Bid;
use thiserror::Error;
use url::Url;

pub(crate) use super::ask::{Ask, Offer};
use super::bodies::Bodies;
use super::refused::Refused;
use super::timeout_notice::TimeoutNotice;
use crate::request::ImpIndex;

/// The calls that ask for a bidder's offers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls {
    /// All of them are sent at once.
    pub(crate) calls: Vec<HttpCall>,
    /// Offers that the bidder cannot be asked for.
    pub(crate) refused: Vec<RefusedOffer>,
}

/// An offer that no call asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefusedOffer {
    /// Position of the imp in the request.
    pub(crate) imp: ImpIndex,
    /// Why.
    pub(crate) why: Refused,
}

/// One HTTP request to an SSP.
#[derive(Debug, Clone)]
pub(crate) struct HttpCall {
    /// `GET` goes without body.
    pub(crate) method: Method,
    /// The address.
    pub(crate) url: Url,
    /// Added to `content-type` and `accept`, which all calls have; a header with one of these names replaces it.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// Usually JSON.
    pub(crate) body: Bytes,
    /// The body in gzip, if the SSP accepts it.
    pub(crate) gzip: Option<Bytes>,
    /// Positions of the imps that it offers.
    pub(crate) imps: Vec<ImpIndex>,
    /// The notice that the SSP gets if its answer is late.
    pub(crate) timeout_notice: Option<TimeoutNotice>,
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
    /// The id that the SSP gave its response, for `${AUCTION_BID_ID}`.
    pub(crate) bidid: Option<String>,
    /// In the order of the reply.
    pub(crate) bids: Vec<SspBid>,
    /// Why other bids of the reply could not be read.
    pub(crate) lost: Vec<String>,
}

/// A bid with its seat.
///
/// What the adapter knows about the kind of markup is in `bid.mtype`; what it knows about the advertiser is
/// in `bid.ext.prebid.meta`.
#[derive(Debug, Clone, Default)]
pub(crate) struct SspBid {
    /// The buyer's seat at the SSP.
    pub(crate) buyer: Option<String>,
    /// The seat under which the bid appears in the answer, if that is not the bidder's own name.
    pub(crate) seat: Option<String>,
    /// The bid.
    pub(crate) bid: Bid,
}

/// Why a reply contains no usable bids.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum AdapterError {
    /// A status that means neither an answer nor "no bid".
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
