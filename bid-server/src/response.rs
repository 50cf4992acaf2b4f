//! Step 5, write: from the settled auction to the OpenRTB answer.
//!
//! [`targeting`] makes the key-values, [`seat_bid`] writes the bids with them, [`seat_non_bid`] says why
//! other bids are missing, and [`answer`] puts it all together, using the types in [`wire`].

mod ad_server_targeting;
mod answer;
mod config;
mod debug;
mod echo;
mod seat_bid;
mod seat_non_bid;
mod targeting;
pub(crate) mod wire;

pub(crate) use answer::{WriteResources, write};
pub use config::DebugConfig;
pub(crate) use seat_bid::bid_json;
