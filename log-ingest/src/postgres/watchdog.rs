//! Ends the process of a session whose statement does not end at its own deadline.
//!
//! The server knows the limit of all statements and not that of this one, which the client may have set
//! (`statement_timeout`). A query that keeps every thread busy sees no timer, so a thread of its own waits.

use std::io::Write as _;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::query::limits::{GRACE, TIMED_OUT};

/// Waits for the end of statements; clones share it.
#[derive(Debug, Clone)]
pub(super) struct Watchdog(Arc<Watched>);

/// When a statement must have ended, and how long it may take.
type Deadline = (Instant, Duration);

#[derive(Debug)]
struct Watched {
    /// Of the statement that runs; `None` = there is none.
    deadline: Mutex<Option<Deadline>>,
    changed: Condvar,
}

/// A statement whose end is waited for until this is dropped.
#[derive(Debug)]
pub(super) struct Watching(Watchdog);

impl Watchdog {
    /// A watchdog with its thread.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub(super) fn start() -> std::io::Result<Self> {
        let watchdog = Self(Arc::new(Watched {
            deadline: Mutex::default(),
            changed: Condvar::new(),
        }));
        let watched = Arc::clone(&watchdog.0);
        std::thread::Builder::new()
            .name("watchdog".to_owned())
            .stack_size(128 << 10)
            .spawn(move || watched.watch())?;
        Ok(watchdog)
    }

    /// Waits for a statement that began at that moment and may take that long.
    pub(super) fn watch(&self, began: Instant, timeout: Duration) -> Watching {
        self.set(Some((began + timeout + GRACE, timeout)));
        Watching(self.clone())
    }

    fn set(&self, deadline: Option<(Instant, Duration)>) {
        let watched = &self.0;
        *watched
            .deadline
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = deadline;
        watched.changed.notify_one();
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.0.set(None);
    }
}

impl Watched {
    fn watch(&self) {
        const LONG: Duration = Duration::from_secs(3600);
        let mut deadline = self.deadline.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let now = Instant::now();
            let rest = match *deadline {
                Some((at, timeout)) if at <= now => end(timeout),
                Some((at, _)) => at - now,
                None => LONG,
            };
            let waited = self.changed.wait_timeout(deadline, rest);
            deadline = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// The server reads why, and tells the client.
#[expect(
    clippy::exit,
    reason = "the query keeps all threads, and nothing but the end of the process takes them away"
)]
fn end(timeout: Duration) -> ! {
    drop(writeln!(
        std::io::stderr(),
        "{TIMED_OUT}{}",
        timeout.as_millis()
    ));
    std::process::exit(1);
}
