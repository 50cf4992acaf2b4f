//! Under which label a refusal of both inputs is counted.

use super::labels::Reason;
use crate::buffer::AppendError;

/// What the buffer refused.
pub(super) fn reason_of(error: AppendError) -> Reason {
    match error {
        AppendError::Full => Reason::BufferFull,
        AppendError::Disk => Reason::DiskFailed,
        AppendError::Closed => Reason::Closing,
    }
}
