//! A slot of the page on its way from definition to a viewable ad.

use crate::bids::Bid;
use crate::config::AdUnit;
use crate::platform::Fill;
use crate::report::Creative;
use crate::targeting::{SlotNames, find_slot};
use crate::units::Elapsed;
use crate::viewability::Viewability;

/// Who is asked in the auction under the publisher's own name; its ads are house ads.
const HOUSE: &str = "house";

/// How far a slot is. Each change of it is an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// An auction runs.
    AwaitingBids,
    /// The bid, or that there is none, is on its way to whoever renders.
    Offered,
    /// An ad was asked for: from the ad server, or from our own frame.
    Requested,
    /// There is no ad.
    Empty,
    /// The ad is in its frame.
    Rendered,
    /// It has been on screen long enough.
    Viewable,
}

/// The frame made beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// None yet: the slot's element is not in the page.
    Missing,
    /// On its way.
    Placed,
    /// Ready for markup.
    Ready,
}

/// One slot.
#[derive(Debug)]
pub struct Slot {
    /// Its ad unit.
    pub unit: AdUnit,
    /// Id of its element: the code, unless the ad server's library says otherwise.
    pub element: String,
    /// How far it is.
    pub phase: Phase,
    /// 0 for the first ad, then 1, 2, ...
    pub round: u32,
    /// Number of its auction in the page view; answers of others are not for it.
    pub auction: u32,
    /// The auction's id; empty when the page refreshed the ad server's slot by itself.
    pub auction_id: String,
    /// The winner.
    pub bid: Option<Bid>,
    /// A creative asked for the winner's markup.
    pub claimed: bool,
    /// What the ad server chose.
    pub fill: Fill,
    /// When the ad server's frame had loaded.
    pub loaded_at: Option<Elapsed>,
    /// The frame made beforehand, without an ad server.
    pub frame: Frame,
    /// What is known about the ad on the screen.
    pub view: Option<Viewability>,
}

impl Slot {
    /// A slot whose first auction runs already.
    pub fn new(unit: AdUnit, auction_id: &str) -> Self {
        Self {
            element: unit.code.clone(),
            unit,
            phase: Phase::AwaitingBids,
            round: 0,
            auction: 0,
            auction_id: auction_id.to_owned(),
            bid: None,
            claimed: false,
            fill: Fill::default(),
            loaded_at: None,
            frame: Frame::Missing,
            view: None,
        }
    }

    /// Starts the next ad; nothing of the one before is left.
    pub fn begin_round(&mut self, auction: u32, auction_id: &str) {
        let round = self.round + 1;
        *self = Self {
            round,
            auction,
            ..Self::new(core::mem::take(&mut self.unit), auction_id)
        };
    }

    /// Whether an ad, or that there is none, has been settled.
    pub fn is_settled(&self) -> bool {
        matches!(self.phase, Phase::Empty | Phase::Rendered | Phase::Viewable)
    }

    /// The bid's markup has been asked for under this name.
    pub fn answers_to(&self, ad_id: &str) -> bool {
        self.bid.as_ref().is_some_and(|bid| bid.ad_id == ad_id)
    }

    /// Its place among the slots that the ad server's library knows.
    pub fn find_in(&self, known: &[SlotNames]) -> Option<usize> {
        find_slot(known, &self.unit.code, &self.unit.path)
    }

    /// The winner as the tables know it.
    pub fn bid_creative(&self) -> Option<Creative> {
        self.bid.as_ref().map(|bid| Creative {
            bidder: Some(bid.bidder.clone()).filter(|bidder| !bidder.is_empty()),
            cpm: bid.cpm,
            currency: Some(bid.currency.clone()),
            size: Some(bid.size.text()),
            source: if bid.bidder == HOUSE {
                "house"
            } else {
                "header_bidding"
            },
        })
    }

    /// The ad server's own choice as the tables know it. Its price is told or unknown, never guessed.
    pub fn ad_server_creative(&self) -> Creative {
        Creative {
            bidder: self.fill.bidder.clone(),
            cpm: self.fill.cpm,
            currency: None,
            size: self.fill.size.map(crate::units::Size::text),
            source: if self.fill.network {
                "network"
            } else {
                "house"
            },
        }
    }
}
