//! [`Snapshot`]: all stored data in memory at one moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::{Found, Key, StoredKind, StoredSections, Wanted};

/// Stored data by kind and id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    by_key: BTreeMap<Key, Arc<Value>>,
    default_request: Option<Arc<Value>>,
}

impl Snapshot {
    /// The stored data of the configuration itself.
    pub(crate) fn of_config(stored: &StoredSections) -> Self {
        let mut snapshot = Self::default();
        for (id, members) in &stored.imps {
            snapshot.add(StoredKind::Imp, id, Value::Object(members.clone()).into());
        }
        for (id, members) in &stored.requests {
            snapshot.add(
                StoredKind::Request,
                id,
                Value::Object(members.clone()).into(),
            );
        }
        for (id, value) in &stored.responses {
            snapshot.add(StoredKind::Response, id, value.clone().into());
        }
        for (id, members) in &stored.profiles {
            snapshot.add(
                StoredKind::Profile,
                id,
                Value::Object(members.clone()).into(),
            );
        }
        if !stored.default_request.is_empty() {
            snapshot.set_default(Value::Object(stored.default_request.clone()).into());
        }
        snapshot
    }

    /// Adds or replaces one item.
    pub(super) fn add(&mut self, kind: StoredKind, id: &str, value: Arc<Value>) {
        self.by_key.insert((kind, id.to_owned()), value);
    }

    /// Replaces the default request.
    pub(super) fn set_default(&mut self, value: Arc<Value>) {
        self.default_request = Some(value);
    }

    /// The request that every other is laid over.
    pub(crate) fn default_request(&self) -> Option<&Arc<Value>> {
        self.default_request.as_ref()
    }

    /// All of it that is in memory.
    pub(crate) fn find(&self, wanted: &Wanted) -> Found {
        let found = wanted.iter().filter_map(|key| {
            let value = self.by_key.get(key)?;
            Some((key.clone(), Arc::clone(value)))
        });
        found.collect()
    }
}
