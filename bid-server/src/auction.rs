//! Step 3, hold: ask everybody at once, stop waiting at the deadline, judge every bid, rank.
//!
//! [`offers`] finds out who is asked for what, [`fanout`] asks, [`check_bid`] with [`floor`] and
//! [`currency`](crate::money::currency) lets only fit bids compete, [`rank`] orders them. Every bid and every imp offered
//! without a bid ends in exactly one [`ad_events::outcome::BidOutcome`]. Nothing here is
//! serialisable: wire types are made in the steps before and after.

mod call_error;
pub(crate) mod check_bid;
mod fanout;
mod floor;
pub(crate) mod held;
mod hold;
mod offers;
pub(crate) mod rank;
mod remarks;
mod stored_answers;
mod trace;
mod waiting;

pub(crate) use call_error::CallFailure;
pub(crate) use held::{BidEvents, Cached, CallReport, HeldAuction, JudgedBid};
pub(crate) use hold::{Resources, hold};
pub(crate) use trace::CallTrace;
