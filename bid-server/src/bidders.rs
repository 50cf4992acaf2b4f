//! Step 2, ask: who can be asked, with which HTTP call, and what the reply means.
//!
//! An [`adapter::Adapter`] is pure: offers in, HTTP calls out; reply in, bids out. [`call`] is the
//! only place that talks to an SSP, over one shared client. [`bodies`] writes the JSON, once for
//! all bidders that are to get the same.

pub(crate) mod adapter;
pub(crate) mod bodies;
pub(crate) mod call;
pub(crate) mod info;
mod openrtb_generic;
pub(crate) mod registry;
