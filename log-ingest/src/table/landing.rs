//! Whether segments land, for `/status` and readiness.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::TableError;

/// How landing goes; clones share it.
#[derive(Debug, Clone, Default)]
pub struct LandingState(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// The segment that is being landed, since then.
    busy_since: Option<Instant>,
    /// Attempts have failed since then, the last one with this.
    failing: Option<(Instant, String)>,
}

/// What is wrong with landing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LandingTrouble {
    /// For how long.
    pub lasts: Duration,
    /// What the last failure said; `None` where an attempt goes on without an end.
    pub failure: Option<String>,
}

impl LandingState {
    /// An attempt to land a segment begins.
    pub(super) fn began(&self, now: Instant) {
        self.state(|state| state.busy_since = Some(now));
    }

    /// It has ended.
    pub(super) fn ended<T>(&self, result: &Result<T, TableError>) {
        self.state(|state| {
            let began = state.busy_since.take().unwrap_or_else(Instant::now);
            state.failing = match result {
                Ok(_) => None,
                Err(error) => {
                    let since = state.failing.take().map_or(began, |(since, _)| since);
                    Some((since, error.to_string()))
                }
            };
        });
    }

    /// What is wrong, if it has lasted longer than that.
    pub fn trouble(&self, longer_than: Duration) -> Option<LandingTrouble> {
        self.trouble_at(Instant::now(), longer_than)
    }

    fn trouble_at(&self, now: Instant, longer_than: Duration) -> Option<LandingTrouble> {
        let trouble = self.state(|state| match (&state.failing, state.busy_since) {
            (Some((since, failure)), _) => Some((*since, Some(failure.clone()))),
            (None, Some(since)) => Some((since, None)),
            (None, None) => None,
        });
        let (since, failure) = trouble?;
        let lasts = now.saturating_duration_since(since);
        (lasts > longer_than).then_some(LandingTrouble { lasts, failure })
    }

    fn state<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn failures_in_a_row_are_one_trouble_and_a_success_ends_it() {
        let landing = LandingState::default();
        let start = Instant::now();
        assert_eq!(landing.trouble_at(start, LONG), None);
        for attempt in 0..4 {
            landing.began(start + attempt * Duration::from_secs(10));
            landing.ended::<()>(&Err(TableError::Unknown("x")));
        }
        let now = start + Duration::from_secs(40);
        let trouble = landing.trouble_at(now, LONG).unwrap();
        assert_eq!(trouble.lasts, Duration::from_secs(40));
        assert!(trouble.failure.is_some());
        landing.began(now);
        landing.ended(&Ok(()));
        assert_eq!(landing.trouble_at(now, Duration::ZERO), None);
    }

    #[test]
    fn an_attempt_that_hangs_is_trouble_too() {
        let landing = LandingState::default();
        let start = Instant::now();
        landing.began(start);
        let trouble = landing.trouble_at(start + Duration::from_secs(31), LONG);
        assert_eq!(trouble.unwrap().failure, None);
    }
}
