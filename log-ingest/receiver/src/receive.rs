//! The two inputs. Both follow one rule: check the whole message, append it to the buffer, wait until it is
//! durable, and only then answer.

mod acks;
mod body;
mod forward_listener;
mod forward_session;
mod heartbeat;
mod http;
mod http_listener;
mod ingest;
mod json_check;
mod listeners;

pub(crate) use body::{BodyError, records_of};
pub(crate) use forward_listener::ForwardListener;
pub(crate) use heartbeat::answer_heartbeats;
pub(crate) use http::{HttpState, router};
pub(crate) use http_listener::CappedListener;
pub use listeners::Listeners;

use crate::buffer::AppendError;
use crate::metrics::Reason;

/// The label under which a refusal by the buffer is counted.
pub(crate) fn reason_of(error: AppendError) -> Reason {
    match error {
        AppendError::Full => Reason::BufferFull,
        AppendError::Disk => Reason::DiskFailed,
        AppendError::Closed => Reason::Closing,
    }
}
