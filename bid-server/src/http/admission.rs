//! [`Admission`]: how many auctions are held at the same time, and how long others wait for their turn.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::request::Refusal;

/// The right to hold one auction; dropping it lets the next one in.
#[derive(Debug)]
pub(crate) struct Admitted {
    permit: Option<OwnedSemaphorePermit>,
    limit: Arc<Mutex<Limit>>,
}

/// Lets auctions in.
#[derive(Debug)]
pub(crate) struct Admission {
    places: Arc<Semaphore>,
    limit: Arc<Mutex<Limit>>,
    patience: Duration,
    /// There is more to do than can be done. Nobody waits for a place then, because the queue would always be full.
    overloaded: AtomicBool,
}

/// The number of places, and how many of them are removed once they are free again.
#[derive(Debug)]
struct Limit {
    places: usize,
    surplus: usize,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut limit = self.limit.lock().unwrap_or_else(PoisonError::into_inner);
        if limit.surplus > 0
            && let Some(permit) = self.permit.take()
        {
            limit.surplus -= 1;
            permit.forget();
        }
    }
}

impl Admission {
    /// Admits `places` auctions at the same time; others wait for at most `patience`.
    pub(crate) fn new(places: usize, patience: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            limit: Arc::new(Mutex::new(Limit { places, surplus: 0 })),
            patience,
            overloaded: AtomicBool::new(false),
        }
    }

    /// Admits one, in the order of arrival; or returns [`Refusal::Overloaded`], which costs next to nothing.
    pub(crate) async fn enter(&self) -> Result<Admitted, Refusal> {
        let places = Arc::clone(&self.places);
        let permit = if self.overloaded.load(Ordering::Relaxed) {
            places.try_acquire_owned().ok()
        } else {
            let permit = timeout(self.patience, places.acquire_owned()).await;
            permit.ok().and_then(Result::ok)
        };
        let permit = permit.ok_or(Refusal::Overloaded)?;
        Ok(Admitted {
            permit: Some(permit),
            limit: Arc::clone(&self.limit),
        })
    }

    /// How many auctions are open.
    pub(super) fn open(&self) -> usize {
        let limit = self.limit.lock().unwrap_or_else(PoisonError::into_inner);
        (limit.places + limit.surplus).saturating_sub(self.places.available_permits())
    }

    /// Sets how many may be open at the same time from now on. Those that are open stay open.
    pub(super) fn set_limit(&self, places: usize, overloaded: bool) {
        self.overloaded.store(overloaded, Ordering::Relaxed);
        let mut limit = self.limit.lock().unwrap_or_else(PoisonError::into_inner);
        if places > limit.places {
            let more = places - limit.places;
            // Places that were to be removed stay instead.
            let kept = more.min(limit.surplus);
            limit.surplus -= kept;
            self.places.add_permits(more - kept);
        } else {
            let fewer = limit.places - places;
            limit.surplus += fewer - self.places.forget_permits(fewer);
        }
        limit.places = places;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn refuses_when_nobody_leaves_in_time() {
        let admission = Admission::new(1, Duration::ZERO);
        let first = admission.enter().await.unwrap();
        assert_eq!(admission.enter().await.unwrap_err(), Refusal::Overloaded);
        drop(first);
        assert!(admission.enter().await.is_ok());
    }

    #[tokio::test]
    async fn waits_for_a_place() {
        let admission = Admission::new(1, Duration::from_secs(3600));
        let first = admission.enter().await.unwrap();
        let leave = async { drop(first) };
        let (second, ()) = tokio::join!(admission.enter(), leave);
        assert!(second.is_ok());
    }

    #[tokio::test]
    async fn a_lower_limit_holds_once_enough_have_left() {
        let admission = Admission::new(3, Duration::from_secs(3600));
        let mut open = Vec::new();
        for _ in 0..3 {
            open.push(admission.enter().await.unwrap());
        }
        admission.set_limit(1, true);
        assert_eq!(admission.open(), 3);
        for left in [2, 1] {
            open.pop();
            assert_eq!(admission.open(), left);
            assert!(admission.enter().await.is_err());
        }
        open.pop();
        let one = admission.enter().await.unwrap();
        assert!(admission.enter().await.is_err());
        admission.set_limit(2, true);
        let two = admission.enter().await;
        assert!(two.is_ok() && admission.enter().await.is_err());
        drop((one, two));
        assert_eq!(admission.open(), 0);
    }

    #[tokio::test]
    async fn places_that_were_to_go_can_stay() {
        let admission = Admission::new(2, Duration::ZERO);
        let both = (
            admission.enter().await.unwrap(),
            admission.enter().await.unwrap(),
        );
        admission.set_limit(1, true);
        admission.set_limit(2, false);
        drop(both);
        let again = (
            admission.enter().await.unwrap(),
            admission.enter().await.unwrap(),
        );
        assert!(admission.enter().await.is_err());
        drop(again);
    }
}
