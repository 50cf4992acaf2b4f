//! The two inputs. Both follow one rule: check the whole message, append it to the buffer, wait until it is
//! durable, and only then answer. Whatever is not an event in an accepted message goes into the buffer with it; landing
//! separates the two again, by the same rules.

mod client_network;
mod connections;
mod forward;
mod http;
mod labels;
mod memory;
mod metrics;
mod reason;
mod tally;

pub use connections::ConnectionLimits;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use forward::{CheckedMessage, Next, Terms, Wire, check_now};
pub use forward::{
    ClientRule, ClientSection, ForwardConfig, ForwardSection, Security, SecuritySection, TlsFiles,
    TlsSection, UnixPath, UserSection,
};
pub(crate) use forward::{ForwardListener, ForwardTls, Session, UnixSocket, answer_heartbeats};
pub(crate) use http::{CappedListener, HttpState, Peer, RateLimiter, router};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use http::{Coding, Content, check as check_body};
pub use http::{HttpConfig, HttpSection, Origins, RateLimit};
#[cfg(test)]
pub(crate) use labels::{Input, Reason};
pub(crate) use memory::ReceiveMemory;
pub(crate) use metrics::ReceiveMetrics;
#[cfg(test)]
pub(crate) use tally::{Rejected, Tally};
