//! The stand-in for the publisher's ad server, on an origin of its own.
//!
//! An ad request carries all slots of a page. For each slot, [`endpoint`] gathers what could run: the header bidding
//! line item that the slot's key-values describe ([`header_bid`]), the network that won the waterfall if the page asks
//! for one ([`waterfall`], over the network by [`network_call`]), and the house line items. [`line_items`] picks the
//! one that pays most, [`creative`] writes its markup, and [`macros`] fills in the page's values.
//!
//! [`decision`] is the publisher's in-house decision service that the serial variant asks first.

pub mod creative;
pub mod decision;
pub mod endpoint;
pub mod frames;
pub mod header_bid;
pub mod line_items;
pub mod macros;
pub mod network_call;
pub mod waterfall;
pub mod wire;
