//! Segments that are complete and wait to be landed, in order.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// A segment file that nobody appends to any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SealedSegment {
    /// Its file.
    pub(crate) name: String,
    /// Bytes that are known to be whole; anything behind them was never acknowledged.
    pub(crate) length: u64,
    /// When it was begun, in microseconds since 1970.
    pub(crate) began_us: i64,
}

/// First in, first out; the lander takes one off only when it has landed.
#[derive(Debug, Default)]
pub(crate) struct SealedQueue {
    segments: Mutex<VecDeque<SealedSegment>>,
    arrived: Notify,
}

impl SealedQueue {
    pub(crate) fn push(&self, segment: SealedSegment) {
        self.lock().push_back(segment);
        self.arrived.notify_one();
    }

    pub(crate) fn front(&self) -> Option<SealedSegment> {
        self.lock().front().cloned()
    }

    pub(crate) fn pop(&self) -> Option<SealedSegment> {
        self.lock().pop_front()
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Returns when a segment has arrived since the last call.
    pub(crate) async fn arrived(&self) {
        self.arrived.notified().await;
    }

    /// A panic elsewhere cannot leave the list half changed.
    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<SealedSegment>> {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
