//! Step 2, ask: who can be asked, with which HTTP call, and what the reply means.
//!
//! An [`adapter::Adapter`] is pure: offers in, HTTP calls out; reply in, bids out. [`call`] is the
//! only place that talks to an SSP, over one shared client. [`bodies`] writes the JSON, once for
//! all bidders that are to get the same.

mod ad_generation;
pub(crate) mod adapter;
pub(crate) mod alone;
mod ask;
pub(crate) mod bodies;
pub(crate) mod call;
pub(crate) mod cases;
pub(crate) mod catalogue;
pub(crate) mod defined;
pub(crate) mod definition;
pub(crate) mod info;
mod openrtb_generic;
mod openrtb_reply;
pub(crate) mod params_schema;
mod percent;
pub(crate) mod refused;
pub(crate) mod registry;
pub(crate) mod timeout_notice;
