//! The wall clock, fresh ids and random numbers, in one place. Durations use tokio's clock.

use std::cell::RefCell;

use chrono::{DateTime, Utc};
use uuid::{Builder, Uuid};

/// How many ids' worth of random bytes are fetched from the operating system at a time.
const IDS: usize = 64;
const ID_BYTES: usize = 16;

thread_local! {
    /// Random bytes that this thread has not used yet.
    static CHANCE: RefCell<Vec<[u8; ID_BYTES]>> = const { RefCell::new(Vec::new()) };
}

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
    random_uuid().simple().to_string()
}

/// A random UUID. An auction needs dozens, and a system call for each would add up.
fn random_uuid() -> Uuid {
    let drawn = CHANCE.with_borrow_mut(|left| {
        if left.is_empty() {
            let mut fresh = [0; IDS * ID_BYTES];
            getrandom::fill(&mut fresh).ok()?;
            left.extend(fresh.as_chunks().0);
        }
        left.pop()
    });
    drawn.map_or_else(Uuid::new_v4, |bytes| {
        Builder::from_random_bytes(bytes).into_uuid()
    })
}

/// A random number below `limit`; 0 if `limit` is 0.
pub(crate) fn chance(limit: u32) -> u32 {
    let (random, _) = random_uuid().as_u64_pair();
    // The upper bits are all random; the remainder's bias is far below one in a billion.
    let drawn = (random >> 16).checked_rem(u64::from(limit));
    drawn
        .and_then(|drawn| u32::try_from(drawn).ok())
        .unwrap_or(0)
}
