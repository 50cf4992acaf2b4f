//! Handlers: take a request apart, call the step that knows, put the answer together.

pub(crate) mod amp;
pub(crate) mod auction;
pub(crate) mod auction_get;
pub(crate) mod cookie_sync;
mod hold;
pub(crate) mod metrics;
pub(crate) mod status;
