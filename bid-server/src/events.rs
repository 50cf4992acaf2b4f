//! What pages and players tell about bids: the addresses that they call, and VAST that calls them.

mod url;
pub(crate) mod vast;

pub(crate) use url::{About, Event};
