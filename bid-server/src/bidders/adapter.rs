//! The pure trait between the auction and the dialects of SSPs. No I/O in here, nor behind it.

use std::fmt::Debug;

use bytes::Bytes;
use openrtb::Bid;
use serde_json::Value;
use thiserror::Error;
use url::Url;

use super::bodies::Bodies;

/// An imp for which a bidder is asked, and with what params.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Offer<'a> {
    /// Position of the imp in the request.
    pub(crate) imp: usize,
    /// The bidder's own params.
    pub(crate) params: &'a Value,
}

/// One HTTP request to an SSP.
#[derive(Debug, Clone)]
pub(crate) struct HttpCall {
    /// Where to.
    pub(crate) url: Url,
    /// JSON.
    pub(crate) body: Bytes,
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
#[derive(Debug, Clone)]
pub(crate) struct SspBid {
    /// The buyer's seat at the SSP.
    pub(crate) buyer: Option<String>,
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
    /// The HTTP calls that ask for all offers.
    fn calls<'a>(&self, offers: &[Offer<'a>], bodies: &mut Bodies<'a>) -> Vec<HttpCall>;

    /// The bids in a reply to one of them.
    fn bids(&self, reply: &Reply) -> Result<SspBids, AdapterError>;
}
