//! Under which label a refusal of both inputs is counted.

use crate::buffer::AppendError;
use crate::metrics::Reason;

/// What the buffer refused.
pub(super) fn reason_of(error: AppendError) -> Reason {
    match error {
        AppendError::Full => Reason::BufferFull,
        AppendError::Disk => Reason::DiskFailed,
        AppendError::Closed => Reason::Closing,
    }
}
