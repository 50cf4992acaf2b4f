//! [`AnswerWait`]: when an auction stops waiting for a bidder, apart from its deadline.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::CallFailure;

/// Shared by all calls of an auction.
#[derive(Debug)]
pub(super) struct AnswerWait {
    /// Calls to primary bidders that have not finished yet.
    primary: AtomicUsize,
    /// Set when the last of them has finished; never set if there were none.
    primary_in: CancellationToken,
    /// The client has gone away.
    gone: CancellationToken,
}

impl AnswerWait {
    /// For this many calls to primary bidders.
    pub(super) fn new(primary: usize, gone: &CancellationToken) -> Self {
        Self {
            primary: AtomicUsize::new(primary),
            primary_in: CancellationToken::new(),
            gone: gone.clone(),
        }
    }

    /// A primary bidder has answered, or never will.
    pub(super) fn one_is_in(&self) {
        if self.primary.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.primary_in.cancel();
        }
    }

    /// The answer, unless something ends the wait for it.
    pub(super) async fn wait_for<T>(
        &self,
        answer: impl Future<Output = T>,
        until: Instant,
        secondary: bool,
    ) -> Result<T, CallFailure> {
        tokio::select! {
            biased;
            answer = answer => Ok(answer),
            () = self.gone.cancelled() => Err(CallFailure::CutOff),
            () = self.primary_in.cancelled(), if secondary => Err(CallFailure::NotAwaited),
            () = sleep_until(until) => Err(CallFailure::TimedOut),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::time::Duration;

    use super::*;

    fn far() -> Instant {
        Instant::now() + Duration::from_secs(3600)
    }

    #[tokio::test]
    async fn nobody_waits_for_secondary_bidders_once_the_primary_ones_are_in() {
        let waiting = AnswerWait::new(2, &CancellationToken::new());
        waiting.one_is_in();
        let both = async {
            tokio::join!(waiting.wait_for(pending::<()>(), far(), true), async {
                waiting.one_is_in();
            })
        };
        assert_eq!(both.await.0, Err(CallFailure::NotAwaited));
        let late = waiting.wait_for(ready(1), far(), true).await;
        assert_eq!(late, Ok(1));
    }

    #[tokio::test]
    async fn where_all_are_secondary_they_have_the_time_of_the_auction() {
        let waiting = AnswerWait::new(0, &CancellationToken::new());
        let now = Instant::now();
        let late = waiting.wait_for(pending::<()>(), now, true).await;
        assert_eq!(late, Err(CallFailure::TimedOut));
    }

    #[tokio::test]
    async fn a_client_that_has_gone_ends_the_waiting() {
        let gone = CancellationToken::new();
        gone.cancel();
        let waiting = AnswerWait::new(1, &gone);
        let cut = waiting.wait_for(pending::<()>(), far(), false).await;
        assert_eq!(cut, Err(CallFailure::CutOff));
    }
}
