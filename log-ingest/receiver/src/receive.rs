//! The two inputs. Both follow one rule: check the whole message, append it to the buffer, wait until it is
//! durable, and only then answer. What is no event in a message that is taken goes into the buffer with it, and is told
//! apart again, by the same rules, when it is landed.

mod acks;
mod body;
mod client_address;
mod content;
mod forward_check;
mod forward_end;
mod forward_handshake;
mod forward_incoming;
mod forward_listener;
mod forward_session;
mod forward_tls;
mod forward_wire;
mod heartbeat;
mod http;
mod http_check;
mod http_listener;
mod http_state;
mod ingest;
mod items;
mod json_check;
mod listeners;
mod memory;
mod origin;
mod rate_limit;
mod reason;
mod refusal;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use body::Coding;
pub(crate) use client_address::Peer;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use content::Content;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use forward_check::{Checked as CheckedMessage, Terms, check_now};
pub(crate) use forward_listener::ForwardListener;
pub(crate) use forward_session::Session;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use forward_wire::{Next, Wire};
pub(crate) use heartbeat::answer_heartbeats;
pub(crate) use http::router;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use http_check::check as check_body;
pub(crate) use http_listener::CappedListener;
pub(crate) use http_state::HttpState;
pub(crate) use items::{Item, JsonItems, MsgPackItems};
pub use listeners::Listeners;
pub(crate) use memory::ReceiveMemory;
pub(crate) use rate_limit::RateLimiter;
