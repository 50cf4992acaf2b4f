//! Step 3, hold: every bid is judged, and the fit ones are ranked.
//!
//! Bids of SSPs and of the publisher's own line items ([`house`]) enter as an
//! [`OfferedBid`](offered_bid::OfferedBid) and leave as a [`JudgedBid`]. [`judge`], with [`floor`] and
//! [`currency`](crate::money::currency), lets only fit bids compete; [`rank`] orders them. Every bid, and every
//! offered imp that got no bid, ends in exactly one [`ad_events::outcome::BidOutcome`]. Nothing here waits,
//! calls anybody, or is serialisable.

mod dropped;
mod floor;
mod held;
mod hold;
pub(crate) mod house;
mod judge;
mod judged_bid;
mod offered_bid;
mod rank;
mod remarks;

pub(crate) use held::HeldAuction;
pub(crate) use hold::{Rules, hold};
pub(crate) use judged_bid::{JudgedBid, Rank};
pub(crate) use rank::SSP_PRIORITY;
