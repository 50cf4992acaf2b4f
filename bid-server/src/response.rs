//! Step 4, out: from the held auction to the OpenRTB answer.
//!
//! [`price_granularity`](crate::money::price_granularity) rounds, [`targeting`] makes the key-values, [`macros`] fills prices into
//! notices and markup, [`seat_bid`] writes the bids, [`seat_non_bid`] says why others are missing,
//! and [`answer`] puts it all together, as the types in [`wire`].

mod ad_server_targeting;
pub(crate) mod answer;
mod debug;
mod echo;
pub(crate) mod macros;
pub(crate) mod prepare;
mod seat_bid;
mod seat_non_bid;
pub(crate) mod targeting;
pub(crate) mod wire;
