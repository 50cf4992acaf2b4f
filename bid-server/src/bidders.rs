//! Step 2, ask: which bidders are asked, with which HTTP calls, and what their replies mean.
//!
//! [`ask()`] works out what is [offered](offers) to whom and sends all calls [at the same time](fanout). An
//! [`adapter::Adapter`] is pure: offers in, HTTP calls out; reply in, bids out. [`mod@call`] is the only
//! place that talks to an SSP, over the one [`ssp_client`]. [`bodies`] writes the JSON, once for all bidders
//! that get the same. A [`CallReport`] says what became of each call.

mod ad_generation;
pub(crate) mod adapter;
pub(crate) mod alone;
mod answer_wait;
mod ask;
mod asking;
pub(crate) mod bodies;
pub(crate) mod call;
mod call_failure;
mod call_report;
pub(crate) mod catalogue;
mod coding;
pub(crate) mod config;
pub(crate) mod defined;
pub(crate) mod definition;
mod fanout;
pub(crate) mod info;
mod offers;
mod openrtb_generic;
mod openrtb_reply;
pub(crate) mod params_schema;
mod percent;
pub(crate) mod refused;
pub(crate) mod registry;
pub(crate) mod secrets;
pub(crate) mod ssp_client;
mod stored_answers;
pub(crate) mod timeout_notice;
mod trace;

pub(crate) use asking::{CallResources, SspAnswers, ask};
pub(crate) use call_failure::CallFailure;
pub(crate) use call_report::CallReport;
pub(crate) use trace::CallTrace;
