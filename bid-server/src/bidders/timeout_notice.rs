//! [`TimeoutNotice`]: what an SSP is told if its answer was late.

use bytes::Bytes;

/// Sent once to an SSP whose answer did not arrive by the deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TimeoutNotice {
    /// The address.
    pub(crate) url: String,
    /// The JSON to post; `None` = `GET`.
    pub(crate) body: Option<Bytes>,
}
