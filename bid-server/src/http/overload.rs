//! Finds out whether the server has more to do than it can handle, by how late it runs rather than by a
//! number to tune.
//!
//! A task that sleeps for a moment wakes as late as everything else that is ready to run. If even the
//! shortest of several such delays is long, work is standing in a queue ("Controlling Queue Delay", Nichols
//! and Jacobson, 2012), and fewer auctions are let in until it no longer is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::app::App;

/// Time between two measurements of the delay.
const LOOK: Duration = Duration::from_millis(5);
/// The runtime's clock counts in milliseconds, so a sleep takes one more even without any load.
const GRAIN: Duration = Duration::from_millis(1);
/// Measurements per period. The shortest delay counts for the whole period: a passing burst is not an overload.
const LOOKS: u32 = 10;
/// A longer standing delay is an overload.
const TARGET: Duration = Duration::from_millis(5);

/// How late the server runs.
#[derive(Debug, Default)]
pub(crate) struct Lag(AtomicU64);

impl Lag {
    /// The standing delay in the last period.
    pub(crate) fn standing(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }

    fn set(&self, lag: Duration) {
        let micros = u64::try_from(lag.as_micros()).unwrap_or(u64::MAX);
        self.0.store(micros, Ordering::Relaxed);
    }
}

/// Watches the delay for as long as the server runs, and admits as many auctions as can be held without one.
pub(crate) async fn watch(app: Arc<App>) {
    let most = app.pipeline.config.auction.max_open;
    let mut limit = Limit { most, now: most };
    loop {
        let mut shortest = Duration::MAX;
        for _ in 0..LOOKS {
            let due = Instant::now() + LOOK;
            sleep_until(due).await;
            shortest = shortest.min(due.elapsed().saturating_sub(GRAIN));
        }
        app.lag.set(shortest);
        limit = limit.after(shortest, app.admission.open());
        app.admission.set_limit(limit.now, limit.is_reduced());
        app.metrics.limit(limit.now, shortest);
    }
}

/// How many auctions may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limit {
    /// The configured maximum.
    most: usize,
    now: usize,
}

impl Limit {
    /// A few can always be held: they wait for SSPs, not for the processor.
    const LEAST: usize = 4;

    /// The limit after a period with this delay, at the end of which this many were open.
    fn after(self, standing: Duration, open: usize) -> Self {
        let now = if standing > TARGET {
            // Down to the share that would have been in time, but at most by half: the delay follows a little later.
            let from = self.now.min(open.max(Self::LEAST));
            let share = TARGET.as_secs_f64() / standing.as_secs_f64();
            scaled(from, share.max(0.5))
        } else if open * 5 >= self.now * 4 {
            scaled(self.now, 1.05) + 1
        } else {
            self.now
        };
        Self {
            now: now.clamp(Self::LEAST.min(self.most), self.most),
            ..self
        }
    }

    fn is_reduced(self) -> bool {
        self.now < self.most
    }
}

/// Rounded down.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "numbers of open auctions, which are small and not negative"
)]
fn scaled(number: usize, factor: f64) -> usize {
    (number as f64 * factor) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn a_standing_delay_halves_what_is_open_until_it_is_gone() {
        let mut limit = Limit {
            most: 2000,
            now: 2000,
        };
        let mut seen = Vec::new();
        for delay in [60, 40, 9, 3, 0] {
            limit = limit.after(delay * MS, limit.now.min(600));
            seen.push(limit.now);
        }
        assert_eq!(seen, [300, 150, 83, 88, 93]);
    }

    #[test]
    fn without_delay_and_demand_the_limit_stays() {
        let limit = Limit {
            most: 2000,
            now: 100,
        };
        assert_eq!(limit.after(Duration::ZERO, 20), limit);
        assert_eq!(limit.after(Duration::ZERO, 90).now, 106);
        let full = Limit {
            most: 2000,
            now: 2000,
        };
        assert_eq!(full.after(Duration::ZERO, 2000), full);
        assert!(!full.is_reduced());
    }

    #[test]
    fn a_few_are_always_let_in() {
        let limit = Limit { most: 2000, now: 8 };
        assert_eq!(limit.after(900 * MS, 0).now, Limit::LEAST);
        let small = Limit { most: 2, now: 2 };
        assert_eq!(small.after(900 * MS, 2).now, 2);
    }
}
