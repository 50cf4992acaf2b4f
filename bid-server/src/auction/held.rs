//! What an auction leaves behind: calls, judged bids, warnings.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ad_events::outcome::BidOutcome;
use openrtb::{Bid, MediaType, Price};

use super::{CallFailure, CallTrace};
use crate::bidders::timeout_notice::TimeoutNotice;
use crate::notice::Notice;
use crate::ssp_client::Link;

/// A finished auction.
#[derive(Debug, Default)]
pub(crate) struct HeldAuction {
    /// When it began, milliseconds since the Unix epoch.
    pub(crate) started_at: i64,
    /// The client went away before it was over.
    pub(crate) cut_off: bool,
    /// Every call, in the order of bidder codes.
    pub(crate) calls: Vec<CallReport>,
    /// Every bid, fit or not.
    pub(crate) bids: Vec<JudgedBid>,
    /// What did harm, beyond calls that failed.
    pub(crate) errors: Vec<Notice>,
    /// What is odd and did no harm, or why a bidder was not asked.
    pub(crate) warnings: Vec<Notice>,
}

impl HeldAuction {
    /// Every imp that a call offered and that no bid of it names, with how it ended.
    pub(crate) fn unfilled(&self) -> impl Iterator<Item = (&CallReport, usize, BidOutcome)> {
        self.calls.iter().flat_map(move |call| {
            let failure = call.failure.as_ref();
            let outcome = failure.map_or(BidOutcome::NoBid, CallFailure::outcome);
            let empty = call
                .imps
                .iter()
                .filter(move |imp| !self.has_bid(&call.seat, **imp));
            empty.map(move |imp| (call, *imp, outcome))
        })
    }

    fn has_bid(&self, seat: &str, imp: usize) -> bool {
        let mut bids = self.bids.iter();
        bids.any(|bid| bid.imp == Some(imp) && bid.seat.as_ref() == seat)
    }
}

/// One call to a bidder, or what became of offers that no call could ask for.
#[derive(Debug, Clone)]
pub(crate) struct CallReport {
    /// The name under which it was asked: its code or an alias.
    pub(crate) seat: Arc<str>,
    /// The configured bidder.
    pub(crate) bidder: Arc<str>,
    /// Positions of the imps that were offered.
    pub(crate) imps: Vec<usize>,
    /// When it began, milliseconds since the Unix epoch.
    pub(crate) started_at: i64,
    /// Until the whole answer, or giving up.
    pub(crate) latency: Duration,
    /// `None` = answered.
    pub(crate) failure: Option<CallFailure>,
    /// The connection that it went over; `None` = it came to none.
    pub(crate) link: Option<Link>,
    /// What went over the wire, for callers that debug.
    pub(crate) trace: Option<CallTrace>,
    /// What the SSP is told because its answer was late.
    pub(crate) timeout_notice: Option<TimeoutNotice>,
}

/// A bid and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct JudgedBid {
    /// The name under which the bidder was asked.
    pub(crate) seat: Arc<str>,
    /// The configured bidder.
    pub(crate) bidder: Arc<str>,
    /// The buyer's seat at the SSP.
    pub(crate) buyer: Option<String>,
    /// Position of the imp; `None` = it names no imp that was offered.
    pub(crate) imp: Option<usize>,
    /// The bid as it came, with what was missing filled.
    pub(crate) bid: Bid,
    /// It has markup of its own, which may be taken away once it is kept elsewhere.
    pub(crate) came_with_markup: bool,
    /// Kind of markup.
    pub(crate) media_type: MediaType,
    /// Currency in which it was made.
    pub(crate) bid_currency: Arc<str>,
    /// Response id at the SSP, for macros.
    pub(crate) bidid: Option<Arc<str>>,
    /// Price in the auction's currency.
    pub(crate) price: Option<Price>,
    /// What it had to meet, in the auction's currency.
    pub(crate) floor: Option<Price>,
    /// Less beats more, before price counts.
    pub(crate) priority: u8,
    /// Start of the call.
    pub(crate) started_at: i64,
    /// Duration of the call.
    pub(crate) latency: Duration,
    /// What became of it.
    pub(crate) outcome: BidOutcome,
    /// Place among the bids for its imp, 0 = winner; unfit bids have none.
    pub(crate) place: Option<usize>,
    /// Place among its bidder's bids for the imp, 0 = best.
    pub(crate) place_of_bidder: Option<usize>,
    /// Name under which its keys stand, where its bidder may have several bids.
    pub(crate) target_code: Option<String>,
    /// Where its creative is cached.
    pub(crate) cached: Option<Cached>,
    /// Where the page tells what became of it.
    pub(crate) events: Option<BidEvents>,
    /// Id by which the page asks for the creative.
    pub(crate) adid: String,
    /// Value of `hb_pb`.
    pub(crate) bucket: Option<String>,
    /// Key-values.
    pub(crate) targeting: BTreeMap<String, String>,
}

/// Where a creative is cached; read when key-values are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cached {
    /// Id of the whole bid.
    pub(crate) bid_id: Option<String>,
    /// Id of its VAST.
    pub(crate) vast_id: Option<String>,
    /// Host of the cache.
    pub(crate) host: String,
    /// Path of the cache.
    pub(crate) path: String,
}

/// Addresses that the page calls: `bid.ext.prebid.events`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BidEvents {
    /// Once the bid has won in the page too.
    pub(crate) win: String,
    /// Once it is seen; `None` = its VAST does that.
    pub(crate) imp: Option<String>,
}

impl JudgedBid {
    /// The deal under which it is made.
    pub(crate) fn deal(&self) -> Option<&str> {
        self.bid.dealid.as_deref().filter(|id| !id.is_empty())
    }

    /// A winning banner bid, for unit tests.
    #[cfg(test)]
    pub(crate) fn sample(seat: &str, price: &str) -> Self {
        let price: Price = price.parse().unwrap();
        Self {
            seat: Arc::from(seat),
            bidder: Arc::from(seat),
            buyer: None,
            imp: Some(0),
            bid: Bid {
                price: Some(price),
                ..Bid::default()
            },
            came_with_markup: false,
            media_type: MediaType::Banner,
            bid_currency: Arc::from("USD"),
            bidid: None,
            price: Some(price),
            floor: None,
            priority: 12,
            started_at: 0,
            latency: Duration::ZERO,
            outcome: BidOutcome::Won,
            place: Some(0),
            place_of_bidder: Some(0),
            target_code: None,
            cached: None,
            events: None,
            adid: "adid".to_owned(),
            bucket: None,
            targeting: BTreeMap::new(),
        }
    }

    /// Whether it took part.
    pub(crate) fn is_fit(&self) -> bool {
        matches!(self.outcome, BidOutcome::Won | BidOutcome::Outbid)
    }
}
