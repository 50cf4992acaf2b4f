//! [`Admission`]: how many auctions are held at the same time, and how long others wait for their turn.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::request::Refusal;

/// The right to hold one auction; dropping it lets the next one in.
#[derive(Debug)]
pub(crate) struct Admitted {
    _permit: OwnedSemaphorePermit,
}

/// Lets auctions in.
#[derive(Debug)]
pub(crate) struct Admission {
    places: Arc<Semaphore>,
    patience: Duration,
}

impl Admission {
    /// Admits `places` auctions at the same time; others wait for at most `patience`.
    pub(crate) fn new(places: usize, patience: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            patience,
        }
    }

    /// Admits one, in the order of arrival; or returns [`Refusal::Overloaded`], which costs next to nothing.
    pub(crate) async fn enter(&self) -> Result<Admitted, Refusal> {
        let place = Arc::clone(&self.places).acquire_owned();
        match timeout(self.patience, place).await {
            Ok(Ok(permit)) => Ok(Admitted { _permit: permit }),
            _ => Err(Refusal::Overloaded),
        }
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
}
