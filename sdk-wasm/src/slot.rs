//! A slot of the page on its way from definition to a viewable ad.

use crate::bids::Bid;
use crate::config::AdUnit;
use crate::noise::Noise;
use crate::platform::Fill;
use crate::report::Creative;
use crate::targeting::{SlotNames, find_slot};
use crate::units::Elapsed;
use crate::viewability::Viewability;

/// The bidder that stands for the publisher's own campaigns; its ads are house ads.
pub const HOUSE: &str = "house";

/// Browsers count the milliseconds of a timer in a signed integer of 32 bits.
const LONGEST_TIMER: u32 = i32::MAX as u32;

/// How far a slot has come. The page's listeners hear of each change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// No auction has been asked for.
    Defined,
    /// An auction runs.
    AwaitingBids,
    /// The auction is over; rendering waits until the slot is nearer to the screen.
    Held,
    /// The bid, or the fact that there is none, is on its way to whoever renders.
    Offered,
    /// An ad was asked for: from the ad server, or from our own frame.
    Requested,
    /// There is no ad.
    Empty,
    /// The ad is in its frame.
    Rendered,
    /// It has been on screen long enough.
    Viewable,
    /// The page took the slot away.
    Removed,
}

impl Phase {
    /// As listeners know it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Defined => "defined",
            Self::AwaitingBids => "awaiting_bids",
            Self::Held => "held",
            Self::Offered => "offered",
            Self::Requested => "requested",
            Self::Empty => "empty",
            Self::Rendered => "rendered",
            Self::Viewable => "viewable",
            Self::Removed => "removed",
        }
    }
}

/// The frame made beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// None yet: nobody has looked for the slot's element, or it is not in the page.
    Missing,
    /// On its way.
    Placed,
    /// Ready for markup.
    Ready,
}

/// How near to the screen the slot's element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// Too far for anything.
    Far,
    /// Near enough for its auction.
    Fetch,
    /// Near enough for rendering.
    Render,
}

/// A bid, with what shows whether it is still valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The bid.
    pub bid: Bid,
    /// Its auction.
    pub auction_id: String,
    /// When it came.
    pub at: Elapsed,
}

impl Received {
    /// Whether the bid may still be used.
    pub fn is_good(&self, now: Elapsed) -> bool {
        now.since(self.at).0 <= i64::from(self.bid.lifetime) * 1_000_000
    }

    /// Time until the bid is no longer valid; `None` if that is beyond what a browser's timers count.
    pub fn expires_in(&self, now: Elapsed) -> Option<Elapsed> {
        let lifetime = self.bid.lifetime;
        let end = Elapsed::millis(lifetime.checked_mul(1000)?.checked_add(1)?);
        let rest = end.since(now.since(self.at));
        (rest.timer_millis() <= LONGEST_TIMER).then_some(rest)
    }
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
    /// Number of its auction in the page view: the failsafe timers of others are not for it.
    pub auction: u32,
    /// The auction's id; empty until it is known, and when the page refreshed the ad server's slot by itself.
    pub auction_id: String,
    /// The winner.
    pub bid: Option<Received>,
    /// A bid that came too late for its own ad.
    pub spare: Option<Received>,
    /// When the loader let the ad server go on with the key-values of this slot, before the SDK was there.
    pub sent_off: Option<Elapsed>,
    /// The ad server's library has asked for this ad, on our behalf or the page's.
    pub ad_asked: bool,
    /// A creative has asked for the winner's markup, or the markup has been written into our own frame.
    pub claimed: bool,
    /// Name of the bid that an earlier ad of the slot has used up.
    pub spent: Option<String>,
    /// Why a creative got no markup, so that what is in the slot is a blank.
    pub refused: Option<&'static str>,
    /// How often creatives have made us record something.
    pub noise: Noise,
    /// What the ad server chose.
    pub fill: Fill,
    /// When the ad server's frame had finished loading.
    pub loaded_at: Option<Elapsed>,
    /// The frame made beforehand, without an ad server.
    pub frame: Frame,
    /// How long the ad has been on the screen.
    pub view: Option<Viewability>,
    /// How near the slot is to the screen; a slot that is not lazy always counts as near.
    pub nearness: Nearness,
}

impl Slot {
    /// A slot that no auction has been asked for.
    pub fn new(unit: AdUnit) -> Self {
        let nearness = match unit.lazy {
            Some(_) => Nearness::Far,
            None => Nearness::Render,
        };
        Self {
            element: unit.code.clone(),
            unit,
            phase: Phase::Defined,
            round: 0,
            auction: 0,
            auction_id: String::new(),
            bid: None,
            spare: None,
            sent_off: None,
            ad_asked: false,
            claimed: false,
            spent: None,
            refused: None,
            noise: Noise::default(),
            fill: Fill::default(),
            loaded_at: None,
            frame: Frame::Missing,
            view: None,
            nearness,
        }
    }

    /// Starts the next ad; of the previous one, only a late bid and the name of the bid that it showed remain.
    pub fn begin_round(&mut self, auction: u32, auction_id: &str) {
        let unit = core::mem::take(&mut self.unit);
        let round = if self.phase == Phase::Defined {
            self.round
        } else {
            self.round + 1
        };
        let last = self.bid.take().filter(|_| self.claimed);
        *self = Self {
            round,
            spent: last.map(|last| last.bid.ad_id).or(self.spent.take()),
            auction,
            auction_id: auction_id.to_owned(),
            spare: self.spare.take(),
            nearness: self.nearness,
            phase: self.phase,
            ..Self::new(unit)
        };
    }

    /// Whether the ad server knows nothing of this ad yet, so that what it reports is about the previous one.
    pub fn is_between_ads(&self) -> bool {
        let before_it = matches!(
            self.phase,
            Phase::AwaitingBids | Phase::Held | Phase::Offered
        );
        self.round > 0 && before_it && !self.ad_asked
    }

    /// Whether it has been settled which ad is shown, or that there is none.
    pub fn is_settled(&self) -> bool {
        matches!(
            self.phase,
            Phase::Empty | Phase::Rendered | Phase::Viewable | Phase::Removed
        )
    }

    /// Whether the slot has a bid of this name.
    pub fn answers_to(&self, ad_id: &str) -> bool {
        self.bid
            .as_ref()
            .is_some_and(|known| known.bid.ad_id == ad_id)
    }

    /// A bid that no creative has asked for yet and that may still be shown.
    pub fn take_unspent(&mut self, now: Elapsed) -> Option<Received> {
        if self.claimed {
            return None;
        }
        self.bid.take().filter(|known| known.is_good(now))
    }

    /// Takes a bid for this round: the better of the new one and a late one that is still valid.
    pub fn offer(&mut self, new: Option<Received>, now: Elapsed) {
        let spare = self.spare.take().filter(|spare| spare.is_good(now));
        let better = match (&new, &spare) {
            (Some(new), Some(spare)) => {
                spare.bid.currency == new.bid.currency && spare.bid.cpm > new.bid.cpm
            }
            (None, Some(_)) => true,
            _ => false,
        };
        self.bid = if better { spare } else { new };
        if let Some(bid) = &self.bid {
            self.auction_id.clone_from(&bid.auction_id);
        }
    }

    /// The loader gave the ad server the bids of an answer that came at this time.
    pub fn was_sent_off_after(&self, answer_at: Elapsed) -> bool {
        self.sent_off.is_some_and(|at| answer_at <= at)
    }

    /// Its place among the slots that the ad server's library knows.
    pub fn find_in(&self, known: &[SlotNames]) -> Option<usize> {
        find_slot(known, &self.unit.code, &self.unit.path)
    }

    /// The winner as the tables know it.
    pub fn bid_creative(&self) -> Option<Creative> {
        self.bid.as_ref().map(|Received { bid, .. }| Creative {
            bidder: Some(bid.bidder.clone()).filter(|bidder| !bidder.is_empty()),
            cpm: bid.cpm,
            currency: Some(bid.currency.clone()).filter(|currency| !currency.is_empty()),
            size: Some(bid.size.text()),
            source: if bid.bidder == HOUSE {
                "house"
            } else {
                "header_bidding"
            },
        })
    }

    /// The ad server's own choice as the tables know it. Its price is what the ad server reports, or unknown; it is never guessed.
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
