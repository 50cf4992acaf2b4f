//! Handlers: they take a request apart, call the step that does the work, and put the answer together.

pub(crate) mod amp;
pub(crate) mod auction;
pub(crate) mod auction_get;
pub(crate) mod cache;
pub(crate) mod cookie_sync;
pub(crate) mod currency_rates;
pub(crate) mod event;
mod held;
pub(crate) mod info;
pub(crate) mod metrics;
pub(crate) mod openapi;
pub(crate) mod status;
pub(crate) mod version;
pub(crate) mod vtrack;
