//! Segments that get no more records, on their way to the lander: each leaves once its file ends where the segment does.
//!
//! The disk may refuse to cut a file back for as long as it is broken. It is asked again after a rest, and the log hears
//! of it when it begins, once in a while, and when it is over.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use tokio::time::Instant;

use super::sealed::SealedSegment;

const FIRST_REST: Duration = Duration::from_millis(100);
/// Something that goes on is logged once in this time.
const LOG_EVERY: Duration = Duration::from_secs(60);

/// One of them; its length is what is durable.
#[derive(Debug)]
pub(super) struct EndedSegment {
    pub(super) segment: SealedSegment,
    /// Its file may hold more than what is durable. Nobody gets the segment before that is cut off: a crash would bring
    /// back records that are not in what has landed under its number, and their senders would be told that they are.
    pub(super) uncut: bool,
}

/// They are handed over in the order in which they were written: those behind one that cannot be cut wait with it.
#[derive(Debug)]
pub(super) struct EndedSegments {
    waiting: VecDeque<EndedSegment>,
    longest_rest: Duration,
    trouble: Option<Trouble>,
    left_behind: LogThrottle,
}

/// The first one cannot be cut.
#[derive(Debug)]
struct Trouble {
    attempts: u32,
    rest: Duration,
    next: Instant,
    throttle: LogThrottle,
}

/// Says when to log something that happens again and again.
#[derive(Debug, Default)]
struct LogThrottle {
    last: Option<Instant>,
    unlogged: u32,
}

impl LogThrottle {
    /// How often it happened since the last line, if a line is due now.
    fn times_to_log(&mut self, now: Instant) -> Option<u32> {
        self.unlogged = self.unlogged.saturating_add(1);
        let last = self.last.map(|last| now.saturating_duration_since(last));
        if last.is_some_and(|ago| ago < LOG_EVERY) {
            return None;
        }
        self.last = Some(now);
        Some(std::mem::take(&mut self.unlogged))
    }
}

impl EndedSegments {
    /// The rest between attempts does not grow longer than that.
    pub(super) fn new(longest_rest: Duration) -> Self {
        Self {
            waiting: VecDeque::new(),
            longest_rest,
            trouble: None,
            left_behind: LogThrottle::default(),
        }
    }

    pub(super) fn push(&mut self, ended: EndedSegment) {
        self.waiting.push_back(ended);
    }

    /// Whether there is one, and the disk has had its rest. Asked after nearly every commit.
    pub(super) fn are_due(&self, now: Instant) -> bool {
        let trouble = self.trouble.as_ref();
        !self.waiting.is_empty() && trouble.is_none_or(|trouble| now >= trouble.next)
    }

    /// Tries one after the other until one fails.
    pub(super) fn hand_over(
        &mut self,
        now: Instant,
        mut settle: impl FnMut(&EndedSegment) -> io::Result<()>,
    ) {
        while let Some(first) = self.waiting.front() {
            if let Err(error) = settle(first) {
                self.failed(now, &error);
                return;
            }
            let gone = self.waiting.pop_front();
            if let (Some(trouble), Some(gone)) = (self.trouble.take(), gone) {
                let (name, attempts) = (gone.segment.name, trouble.attempts);
                tracing::info!(segment.name = name, attempts, "segment cut back after all");
            }
        }
    }

    fn failed(&mut self, now: Instant, error: &io::Error) {
        let trouble = self.trouble.get_or_insert_with(|| Trouble {
            attempts: 0,
            rest: FIRST_REST,
            next: now,
            throttle: LogThrottle::default(),
        });
        trouble.attempts = trouble.attempts.saturating_add(1);
        trouble.rest = trouble.rest.min(self.longest_rest);
        trouble.next = now + trouble.rest;
        trouble.rest *= 2;
        if trouble.throttle.times_to_log(now).is_some() {
            let name = self.waiting.front().map(|first| &first.segment.name);
            let (attempts, waiting) = (trouble.attempts, self.waiting.len());
            tracing::warn!(
                segment.name = name,
                error = %error,
                attempts,
                waiting,
                "segment not cut back after a failed write; it and those behind it wait"
            );
        }
    }

    /// A segment without a record stays on the disk; the next start removes it.
    pub(super) fn left_behind(&mut self, now: Instant, name: &str, error: &io::Error) {
        if let Some(segments) = self.left_behind.times_to_log(now) {
            tracing::warn!(segment.name = name, error = %error, segments, "empty segment not removed");
        }
    }
}

#[cfg(test)]
mod tests;
