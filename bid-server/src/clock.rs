//! The wall clock and fresh ids, in one place. Durations use tokio's clock.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Now.
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Now, in milliseconds since the Unix epoch.
pub(crate) fn now_ms() -> i64 {
    now().timestamp_millis()
}

/// A fresh id: 32 lower-case hex digits.
pub(crate) fn new_id() -> String {
    Uuid::new_v4().simple().to_string()
}
