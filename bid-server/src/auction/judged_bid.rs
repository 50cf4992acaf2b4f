//! [`JudgedBid`]: a bid and what the auction found out about it.

use std::sync::Arc;
use std::time::Duration;

use ad_events::outcome::BidOutcome;
use openrtb::{Bid, MediaType, Price};

use crate::request::ImpIndex;

/// A bid and its verdict.
#[derive(Debug, Clone)]
pub(crate) struct JudgedBid {
    /// The seat under which it appears in the answer.
    pub(crate) seat: Arc<str>,
    /// The configured bidder.
    pub(crate) bidder: Arc<str>,
    /// The buyer's seat at the SSP.
    pub(crate) buyer: Option<String>,
    /// The imp; `None` = it names no imp that was offered.
    pub(crate) imp: Option<ImpIndex>,
    /// The bid as it came, with missing values filled in.
    pub(crate) bid: Bid,
    /// Kind of markup.
    pub(crate) media_type: MediaType,
    /// The currency of the bid.
    pub(crate) bid_currency: Arc<str>,
    /// The SSP's response id, for macros.
    pub(crate) bidid: Option<Arc<str>>,
    /// Price in the auction's currency.
    pub(crate) price: Option<Price>,
    /// The floor it had to reach, in the auction's currency.
    pub(crate) floor: Option<Price>,
    /// Lower numbers win, before price is considered.
    pub(crate) priority: u8,
    /// Start of the call, in milliseconds since the Unix epoch.
    pub(crate) started_at: i64,
    /// Duration of the call.
    pub(crate) latency: Duration,
    /// What became of it.
    pub(crate) outcome: BidOutcome,
    /// Its position among others; unfit bids have none.
    pub(crate) rank: Option<Rank>,
}

/// The position of a fit bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rank {
    /// Among the bids for its imp, 0 = winner.
    pub(crate) of_imp: usize,
    /// Among its seat's bids for the imp, 0 = best.
    pub(crate) of_seat: usize,
}

impl JudgedBid {
    /// The id of its deal.
    pub(crate) fn deal(&self) -> Option<&str> {
        self.bid.dealid.as_deref().filter(|id| !id.is_empty())
    }

    /// Whether it competed.
    pub(crate) fn is_fit(&self) -> bool {
        matches!(self.outcome, BidOutcome::Won | BidOutcome::Outbid)
    }

    /// Whether it is the best bid for its imp.
    pub(crate) fn is_winner(&self) -> bool {
        self.rank.is_some_and(|rank| rank.of_imp == 0)
    }

    /// A winning banner bid, for unit tests.
    #[cfg(test)]
    pub(crate) fn sample(seat: &str, price: &str) -> Self {
        let price: Price = price.parse().unwrap();
        Self {
            seat: Arc::from(seat),
            bidder: Arc::from(seat),
            buyer: None,
            imp: Some(ImpIndex::new(0)),
            bid: Bid {
                price: Some(price),
                ..Bid::default()
            },
            media_type: MediaType::Banner,
            bid_currency: Arc::from("USD"),
            bidid: None,
            price: Some(price),
            floor: None,
            priority: 12,
            started_at: 0,
            latency: Duration::ZERO,
            outcome: BidOutcome::Won,
            rank: Some(Rank {
                of_imp: 0,
                of_seat: 0,
            }),
        }
    }
}
