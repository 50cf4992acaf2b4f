//! [`TimeoutNotice`]: what an SSP is told whose answer was late.

use bytes::Bytes;

/// Sent once to an SSP whose answer was not there by the deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TimeoutNotice {
    /// Where to.
    pub(crate) url: String,
    /// JSON that is posted; `None` = `GET`.
    pub(crate) body: Option<Bytes>,
}
