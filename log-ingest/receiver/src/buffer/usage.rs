//! How much of the buffer's byte cap is taken: by segment files, and by payloads on their way into one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The sum of both.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    bytes: AtomicU64,
}

impl Usage {
    pub(crate) fn add(&self, bytes: u64) -> u64 {
        self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes
    }

    pub(crate) fn remove(&self, bytes: u64) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// A payload's share. It is given back when it is dropped, so that a sender who goes away while waiting, or a
/// write that fails, does not use up the buffer little by little.
#[derive(Debug)]
pub(crate) struct Reservation {
    usage: Arc<Usage>,
    bytes: u64,
}

impl Reservation {
    /// `None` = that would exceed the cap.
    pub(crate) fn take(usage: &Arc<Usage>, bytes: u64, max_bytes: u64) -> Option<Self> {
        let reservation = Self {
            usage: Arc::clone(usage),
            bytes,
        };
        (usage.add(bytes) <= max_bytes).then_some(reservation)
    }

    /// The payload is on disk, where the segment file accounts for it from now on.
    pub(crate) fn keep(mut self) {
        self.bytes = 0;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.usage.remove(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Reservation, Usage};

    #[test]
    fn what_is_refused_or_dropped_is_given_back_and_what_is_kept_stays() {
        let usage = Arc::new(Usage::default());
        let first = Reservation::take(&usage, 60, 100).unwrap();
        assert!(Reservation::take(&usage, 41, 100).is_none());
        assert_eq!(usage.bytes(), 60);
        let second = Reservation::take(&usage, 40, 100).unwrap();
        drop(second);
        first.keep();
        assert_eq!(usage.bytes(), 60);
    }
}
