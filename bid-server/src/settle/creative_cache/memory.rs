//! [`MemoryStore`]: entries in memory under a byte cap. When it is full, those that would expire first are
//! evicted first.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::CacheMetrics;
use super::{Entry, Put};

/// What an entry takes besides its content and key: two map nodes.
const OVERHEAD: usize = 200;

/// For one machine.
#[derive(Debug)]
pub(crate) struct MemoryStore {
    inner: Mutex<Inner>,
    cap: usize,
    metrics: Arc<CacheMetrics>,
}

/// When an entry expires, and its number.
type Place = (Instant, u64);

#[derive(Debug, Default)]
struct Inner {
    entries: HashMap<Arc<str>, Held>,
    /// By expiry; the number keeps entries with the same time apart.
    expiries: BTreeMap<Place, Arc<str>>,
    next_number: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Held {
    entry: Entry,
    place: Place,
}

impl MemoryStore {
    /// An empty store.
    pub(super) fn new(cap: usize, metrics: Arc<CacheMetrics>) -> Self {
        Self {
            inner: Mutex::default(),
            cap,
            metrics,
        }
    }

    /// Stores it under the key; `false` = the key is taken.
    pub(super) fn put(&self, key: &str, put: &Put, now: Instant) -> bool {
        let mut inner = self.lock();
        inner.sweep(now);
        if inner.entries.contains_key(key) {
            return false;
        }
        inner.insert(key, put, now);
        let mut evicted = 0;
        while inner.bytes > self.cap && inner.remove_first() {
            evicted += 1;
        }
        self.metrics.holds(inner.bytes);
        drop(inner);
        self.metrics.evicted(evicted);
        true
    }

    /// The entry, unless it has expired.
    pub(super) fn get(&self, key: &str, now: Instant) -> Option<Entry> {
        let inner = self.lock();
        let held = inner.entries.get(key)?;
        (held.place.0 > now).then(|| held.entry.clone())
    }

    /// After a panic elsewhere the two maps and the sum may differ by one entry, which only shifts the cap.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn insert(&mut self, key: &str, put: &Put, now: Instant) {
        let key: Arc<str> = Arc::from(key);
        let place = (now + put.ttl, self.next_number);
        self.next_number += 1;
        self.bytes += size(&key, &put.entry);
        self.expiries.insert(place, Arc::clone(&key));
        let entry = put.entry.clone();
        self.entries.insert(key, Held { entry, place });
    }

    fn sweep(&mut self, now: Instant) {
        while let Some(((expiry, _), _)) = self.expiries.first_key_value()
            && *expiry <= now
        {
            self.remove_first();
        }
    }

    /// `false` = there is nothing left.
    fn remove_first(&mut self) -> bool {
        let Some((_, key)) = self.expiries.pop_first() else {
            return false;
        };
        if let Some(held) = self.entries.remove(&key) {
            self.bytes -= size(&key, &held.entry);
        }
        true
    }
}

fn size(key: &str, entry: &Entry) -> usize {
    entry.content.len() + key.len() + OVERHEAD
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::super::EntryKind;
    use super::*;

    fn put(size: usize, seconds: u64) -> Put {
        Put {
            entry: Entry {
                kind: EntryKind::Json,
                content: Bytes::from(vec![b'1'; size]),
            },
            ttl: Duration::from_secs(seconds),
            key: None,
        }
    }

    fn store(cap: usize) -> MemoryStore {
        MemoryStore::new(cap, Arc::default())
    }

    #[test]
    fn forgets_what_has_expired() {
        let (store, now) = (store(10_000), Instant::now());
        assert!(store.put("a", &put(1, 10), now));
        assert!(store.put("b", &put(1, 20), now));
        let later = now + Duration::from_secs(10);
        assert_eq!(store.get("a", later), None);
        assert!(store.get("b", later).is_some());
        assert!(store.put("c", &put(1, 10), later));
        assert_eq!(store.lock().entries.len(), 2);
    }

    #[test]
    fn evicts_what_would_expire_first() {
        let store = store(3 * (1000 + OVERHEAD + 1));
        let now = Instant::now();
        for (key, seconds) in [("a", 30), ("b", 10), ("c", 20), ("d", 40)] {
            assert!(store.put(key, &put(1000, seconds), now));
        }
        assert_eq!(store.get("b", now), None);
        for key in ["a", "c", "d"] {
            assert!(store.get(key, now).is_some(), "{key}");
        }
        assert_eq!(store.lock().bytes, 3 * (1000 + OVERHEAD + 1));
    }

    #[test]
    fn a_key_is_given_once() {
        let (store, now) = (store(10_000), Instant::now());
        assert!(store.put("a", &put(1, 10), now));
        assert!(!store.put("a", &put(2, 10), now));
        assert_eq!(store.get("a", now).unwrap().content.len(), 1);
        assert!(store.put("a", &put(2, 10), now + Duration::from_secs(11)));
    }
}
