//! [`Cache`]: fetched stored data under a cap in bytes; the least recently used items are dropped first.
//!
//! Missing items are remembered too, for a shorter time, so that a wrong id costs only one question. An old
//! value stays until its space is needed: it is better than nothing while the other server is down.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::Key;

/// Bytes of an entry without a value.
const EMPTY_BYTES: usize = 128;

/// How much is kept, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CacheLimits {
    /// All entries together, as JSON.
    pub(super) bytes: usize,
    /// After this time a value is fetched again.
    pub(super) ttl: Duration,
    /// After this time a missing item is fetched again.
    pub(super) missing_ttl: Duration,
}

/// Fetched data.
#[derive(Debug)]
pub(super) struct Cache {
    limits: CacheLimits,
    entries: HashMap<Key, Entry>,
    /// Keys by when they were last used.
    by_use: BTreeMap<u64, Key>,
    uses: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    /// `None` = it does not exist.
    value: Option<Arc<Value>>,
    bytes: usize,
    fresh_until: Instant,
    used: u64,
}

/// What is known about a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum CacheState {
    /// A value that is not too old; `None` = it does not exist.
    Fresh(Option<Arc<Value>>),
    /// An older value.
    Stale(Arc<Value>),
    /// Nothing.
    Nothing,
}

impl Cache {
    /// An empty cache.
    pub(super) fn new(limits: CacheLimits) -> Self {
        Self {
            limits,
            entries: HashMap::new(),
            by_use: BTreeMap::new(),
            uses: 0,
            bytes: 0,
        }
    }

    /// Looks up a value; this counts as a use.
    pub(super) fn get(&mut self, key: &Key, now: Instant) -> CacheState {
        let Some(entry) = self.entries.get_mut(key) else {
            return CacheState::Nothing;
        };
        self.uses += 1;
        self.by_use.remove(&entry.used);
        entry.used = self.uses;
        self.by_use.insert(self.uses, key.clone());
        match &entry.value {
            value if now < entry.fresh_until => CacheState::Fresh(value.clone()),
            Some(value) => CacheState::Stale(Arc::clone(value)),
            None => CacheState::Nothing,
        }
    }

    /// Adds or replaces a value, and makes room for it.
    pub(super) fn put(&mut self, key: Key, value: Option<Arc<Value>>, now: Instant) {
        self.remove(&key);
        let ttl = if value.is_some() {
            self.limits.ttl
        } else {
            self.limits.missing_ttl
        };
        let size = value.as_ref().map_or(0, |value| value.to_string().len());
        let bytes = EMPTY_BYTES + key.1.len() + size;
        if bytes > self.limits.bytes {
            return;
        }
        self.uses += 1;
        self.bytes += bytes;
        self.by_use.insert(self.uses, key.clone());
        let entry = Entry {
            value,
            bytes,
            fresh_until: now + ttl,
            used: self.uses,
        };
        self.entries.insert(key, entry);
        while self.bytes > self.limits.bytes {
            let Some((_, oldest)) = self.by_use.pop_first() else {
                return;
            };
            self.remove(&oldest);
        }
    }

    fn remove(&mut self, key: &Key) {
        if let Some(entry) = self.entries.remove(key) {
            self.by_use.remove(&entry.used);
            self.bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::data::stored::StoredKind;

    const LIMITS: CacheLimits = CacheLimits {
        bytes: 400,
        ttl: Duration::from_secs(10),
        missing_ttl: Duration::from_secs(1),
    };

    fn key(id: &str) -> Key {
        (StoredKind::Imp, id.to_owned())
    }

    fn value(text: &str) -> Arc<Value> {
        Arc::new(json!(text))
    }

    #[test]
    fn values_grow_stale_and_missing_ones_are_forgotten() {
        let now = Instant::now();
        let mut cache = Cache::new(LIMITS);
        cache.put(key("a"), Some(value("a")), now);
        cache.put(key("b"), None, now);
        assert_eq!(
            cache.get(&key("a"), now),
            CacheState::Fresh(Some(value("a")))
        );
        assert_eq!(cache.get(&key("b"), now), CacheState::Fresh(None));
        let later = now + Duration::from_secs(10);
        assert_eq!(cache.get(&key("a"), later), CacheState::Stale(value("a")));
        assert_eq!(cache.get(&key("b"), later), CacheState::Nothing);
        assert_eq!(cache.get(&key("c"), now), CacheState::Nothing);
    }

    #[test]
    fn least_recently_used_one_makes_room() {
        let now = Instant::now();
        let mut cache = Cache::new(LIMITS);
        for id in ["a", "b", "c"] {
            cache.put(key(id), Some(value(id)), now);
        }
        cache.get(&key("a"), now);
        cache.put(key("d"), None, now);
        assert_eq!(cache.get(&key("b"), now), CacheState::Nothing);
        assert_ne!(cache.get(&key("a"), now), CacheState::Nothing);
        assert!(cache.bytes <= LIMITS.bytes);
    }

    #[test]
    fn too_large_a_value_is_not_kept() {
        let now = Instant::now();
        let mut cache = Cache::new(LIMITS);
        cache.put(key("a"), Some(value("a")), now);
        cache.put(key("a"), Some(value(&"x".repeat(500))), now);
        assert_eq!(cache.get(&key("a"), now), CacheState::Nothing);
        assert_eq!(cache.bytes, 0);
    }
}
