//! Bounds the memory of all query processes together.
//!
//! The engine's own accounting sees what sorts and joins hold, but nothing of what a function builds or a plan takes. So
//! the system is asked what the processes really have, and when it is too much, the largest of them is ended.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::time::{MissedTickBehavior, interval};

use super::process::Signs;

/// Processes, as long as they are there.
type Watched = Vec<Weak<Signs>>;

/// Watches the processes that are at work.
#[derive(Debug, Clone)]
pub(super) struct MemoryWatch {
    /// For all of them together, bytes.
    most: u64,
    watched: Arc<Mutex<Watched>>,
    begun: Arc<Notify>,
}

/// What a process takes before it has a query, bytes: the program, its settings and the tables' logs.
pub(super) const BASE: u64 = 128 << 20;

/// A process can take some gigabytes a second.
const PERIOD: Duration = Duration::from_millis(10);

impl MemoryWatch {
    /// For queries that may take `memory` together. What the engine counts is less than what the system sees: the
    /// allocator rounds up, and files are decoded outside its count.
    pub(super) fn new(memory: usize) -> Self {
        let memory = u64::try_from(memory).unwrap_or(u64::MAX / 4);
        Self {
            most: memory.saturating_add(memory / 2),
            watched: Arc::default(),
            begun: Arc::default(),
        }
    }

    /// Watches a process for as long as it is there.
    pub(super) fn add(&self, signs: &Arc<Signs>) {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.retain(|signs| signs.strong_count() > 0);
        watched.push(Arc::downgrade(signs));
    }

    /// A query begins.
    pub(super) fn wake(&self) {
        self.begun.notify_one();
    }

    /// Watches until it is dropped, and rests while no query has one of the places.
    pub(super) async fn run(self, slots: Arc<Semaphore>) {
        let all = slots.available_permits();
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if slots.available_permits() == all {
                self.begun.notified().await;
            }
            ticks.tick().await;
            self.look();
        }
    }

    fn look(&self) {
        let (mut total, mut largest) = (0, None);
        for signs in self.alive() {
            let beyond = resident(signs.pid).unwrap_or_default().saturating_sub(BASE);
            total += beyond;
            if largest.as_ref().is_none_or(|(most, _)| *most < beyond) {
                largest = Some((beyond, signs));
            }
        }
        if total > self.most
            && let Some((_, signs)) = largest
        {
            signs.end();
        }
    }

    fn alive(&self) -> Vec<Arc<Signs>> {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.iter().filter_map(Weak::upgrade).collect()
    }
}

/// Memory that a process has, bytes; `None` where the system does not say.
pub(super) fn resident(pid: u32) -> Option<u64> {
    let page = u64::try_from(rustix::param::page_size()).ok()?;
    let path = Path::new("/proc").join(pid.to_string()).join("statm");
    let text = std::fs::read_to_string(path).ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    pages.checked_mul(page)
}
