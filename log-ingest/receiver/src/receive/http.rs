//! The HTTP input: one request carries a body of events, and the path names their tag.

mod allowed_origins;
mod body;
mod check;
mod client_address;
mod config;
mod content;
mod ingest;
mod listener;
mod origin;
mod rate_limit;
mod refusal;
mod routes;
mod state;
mod stream;

pub use allowed_origins::Origins;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use body::Coding;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use check::check;
pub(crate) use client_address::Peer;
pub use config::{HttpConfig, HttpSection, RateLimit};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use content::Content;
pub(crate) use listener::CappedListener;
pub(crate) use rate_limit::RateLimiter;
pub(crate) use routes::router;
pub(crate) use state::HttpState;
