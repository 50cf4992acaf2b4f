//! The wall clock, fresh ids and chance, in one place. Durations use tokio's clock.

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

/// A number below `limit`, at random; 0 where there is none.
pub(crate) fn chance(limit: u32) -> u32 {
    let (random, _) = Uuid::new_v4().as_u64_pair();
    // The upper bits are all random; the remainder's bias is far below one in a billion.
    let drawn = (random >> 16).checked_rem(u64::from(limit));
    drawn
        .and_then(|drawn| u32::try_from(drawn).ok())
        .unwrap_or(0)
}
