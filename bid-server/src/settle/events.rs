//! What pages and players report about bids: the addresses that they call, and VAST that calls them.

mod address;
pub(crate) mod vast;

pub(crate) use address::{Event, EventAddress};
