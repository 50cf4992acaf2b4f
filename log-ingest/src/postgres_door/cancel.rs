//! Which connection a cancel request is for: it comes on a connection of its own, with the key of the other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

/// The keys of all sessions; clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct CancelKeys(Arc<Mutex<Sessions>>);

/// By the key that the client knows.
type Sessions = HashMap<Bytes, Arc<Notify>>;

/// A key for as long as its session lives.
#[derive(Debug)]
pub(super) struct SessionKey {
    keys: CancelKeys,
    key: Bytes,
}

impl CancelKeys {
    /// Registers a session that has told its client this key, so that it hears of cancel requests.
    pub(super) fn add(&self, key: Bytes, session: Arc<Notify>) -> SessionKey {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(key.clone(), session);
        SessionKey {
            keys: self.clone(),
            key,
        }
    }

    /// Tells the session with that key. An unknown key belongs to no session, and gets no answer either.
    pub(super) fn cancel(&self, key: &Bytes) {
        let keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = keys.get(key) {
            session.notify_one();
        }
    }
}

impl Drop for SessionKey {
    fn drop(&mut self) {
        let keys = self.keys.0.lock();
        keys.unwrap_or_else(PoisonError::into_inner)
            .remove(&self.key);
    }
}
