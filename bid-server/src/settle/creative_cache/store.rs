//! [`CreativeStore`]: the store behind our own `/cache`.

use std::sync::Arc;

use tokio::time::Instant;

use super::CacheMetrics;
use super::memory::MemoryStore;
use super::put::is_key;
use super::redis::RedisStore;
use super::{CacheConfig, CacheStore};
use super::{CacheError, Entry, Put, StoredId};
use crate::clock;

/// One of two stores.
#[derive(Debug)]
pub(crate) enum CreativeStore {
    /// In this process.
    Memory(MemoryStore),
    /// In a Redis that several machines share.
    Redis(RedisStore),
}

impl CreativeStore {
    /// As configured. A Redis that cannot be reached now may come up later.
    pub(crate) fn new(config: &CacheConfig, metrics: &Arc<CacheMetrics>) -> Self {
        match &config.store {
            CacheStore::Memory => {
                Self::Memory(MemoryStore::new(config.max_bytes, Arc::clone(metrics)))
            }
            CacheStore::Redis(url) => Self::Redis(RedisStore::new(url.clone(), config.timeout)),
        }
    }

    /// The name in metrics.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Memory(_) => "memory",
            Self::Redis(_) => "redis",
        }
    }

    /// Stores all of them, under fresh ids unless others are requested.
    pub(crate) async fn put_all(&self, puts: Vec<Put>) -> Vec<Result<StoredId, CacheError>> {
        futures_util::future::join_all(puts.into_iter().map(|put| self.put(put))).await
    }

    async fn put(&self, mut put: Put) -> Result<StoredId, CacheError> {
        let uuid = put.key.take().unwrap_or_else(clock::new_id);
        let kept = match self {
            Self::Memory(store) => store.put(&uuid, &put, Instant::now()),
            Self::Redis(store) => store.put(&uuid, &put).await?,
        };
        Ok(StoredId {
            uuid: kept.then_some(uuid),
        })
    }

    /// The entry with this id, if there is one.
    pub(crate) async fn get(&self, id: &str) -> Result<Option<Entry>, CacheError> {
        if !is_key(id) {
            return Ok(None);
        }
        match self {
            Self::Memory(store) => Ok(store.get(id, Instant::now())),
            Self::Redis(store) => store.get(id).await,
        }
    }
}
