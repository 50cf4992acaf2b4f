//! [`Flights`]: questions that are already being asked. Callers that want the same wait for the same answer.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::{FetchError, Found, Key, Wanted};

/// The result of a question.
pub(super) type Outcome = Result<Found, FetchError>;

type OutcomeReceiver = watch::Receiver<Option<Outcome>>;

/// Questions that have no answer yet, by the keys they ask for.
#[derive(Debug, Default)]
pub(super) struct Flights {
    open: Mutex<HashMap<Key, OutcomeReceiver>>,
}

/// Who asks for which keys.
#[derive(Debug)]
pub(super) struct Boarding<'a> {
    /// What nobody is asking for yet; `None` = all of it is being asked for.
    pub(super) own: Option<Flight<'a>>,
    /// What others are asking for.
    pub(super) others: Vec<(Key, Passenger)>,
}

/// The duty to ask. If it is dropped without an answer, others may ask.
#[derive(Debug)]
pub(super) struct Flight<'a> {
    flights: &'a Flights,
    keys: Wanted,
    announce: watch::Sender<Option<Outcome>>,
}

/// Waits for an answer to somebody else's question.
#[derive(Debug)]
pub(super) struct Passenger(OutcomeReceiver);

impl Flights {
    /// Splits the wanted keys into those that the caller has to ask for and those that others ask for.
    pub(super) fn board(&self, wanted: &Wanted) -> Boarding<'_> {
        let (announce, outcome) = watch::channel(None);
        let mut open = self.lock();
        let mut own = Wanted::new();
        let mut others = Vec::new();
        for key in wanted {
            match open.get(key) {
                Some(outcome) => others.push((key.clone(), Passenger(outcome.clone()))),
                None => {
                    open.insert(key.clone(), outcome.clone());
                    own.insert(key.clone());
                }
            }
        }
        // Dropping a flight takes the lock again.
        drop(open);
        let own = (!own.is_empty()).then(|| Flight {
            flights: self,
            keys: own,
            announce,
        });
        Boarding { own, others }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, OutcomeReceiver>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flight<'_> {
    /// The keys to ask for.
    pub(super) fn keys(&self) -> &Wanted {
        &self.keys
    }

    /// Passes the outcome to everybody who is waiting.
    pub(super) fn land(self, outcome: Outcome) {
        self.announce.send_replace(Some(outcome));
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut open = self.flights.lock();
        for key in &self.keys {
            open.remove(key);
        }
    }
}

impl Passenger {
    /// The outcome; `None` = the one who asked has gone away, or had less time than we have.
    pub(super) async fn outcome(mut self) -> Option<Outcome> {
        let outcome = self.0.wait_for(Option::is_some).await.ok()?;
        let outcome = outcome.clone();
        outcome.filter(|outcome| *outcome != Err(FetchError::TimedOut))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::data::stored::StoredKind;

    fn wanted(ids: &[&str]) -> Wanted {
        ids.iter()
            .map(|id| (StoredKind::Imp, (*id).to_owned()))
            .collect()
    }

    #[tokio::test]
    async fn the_second_waits_for_what_the_first_asks() {
        let flights = Flights::default();
        let first = flights.board(&wanted(&["a", "b"])).own.unwrap();
        assert_eq!(first.keys(), &wanted(&["a", "b"]));
        let mut second = flights.board(&wanted(&["b", "c"]));
        assert_eq!(second.own.as_ref().unwrap().keys(), &wanted(&["c"]));
        let (key, passenger) = second.others.pop().unwrap();
        assert_eq!(key.1, "b");
        let found = Found::from([(key, Arc::new(json!({})))]);
        first.land(Ok(found.clone()));
        assert_eq!(passenger.outcome().await, Some(Ok(found)));
        let again = flights.board(&wanted(&["b"]));
        assert!(again.own.is_some());
    }

    #[tokio::test]
    async fn who_goes_away_or_has_less_time_leaves_the_question_open() {
        let flights = Flights::default();
        for outcome in [None, Some(Err(FetchError::TimedOut))] {
            let first = flights.board(&wanted(&["a"])).own.unwrap();
            let (_, passenger) = flights.board(&wanted(&["a"])).others.pop().unwrap();
            match outcome {
                Some(outcome) => first.land(outcome),
                None => drop(first),
            }
            assert_eq!(passenger.outcome().await, None);
            assert!(flights.board(&wanted(&["a"])).own.is_some());
        }
    }
}
