//! [`RedisStore`]: entries in a Redis that several bid servers share.
//!
//! One multiplexed connection carries everything. The first call that needs it opens it. After an error it is
//! dropped, so that the next call opens a new one.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Client, RedisError, cmd};
use tokio::sync::Mutex;

use super::{CacheError, Entry, Put};

/// Prefix of each key, so that the database can be shared with other programs.
const PREFIX: &str = "earlybid:creative:";

/// For several machines.
#[derive(Debug)]
pub(crate) struct RedisStore {
    /// Checked along with the configuration.
    url: String,
    timeout: Duration,
    connection: Mutex<Option<MultiplexedConnection>>,
}

impl RedisStore {
    /// Not connected yet.
    pub(super) fn new(url: String, timeout: Duration) -> Self {
        Self {
            url,
            timeout,
            connection: Mutex::new(None),
        }
    }

    /// Stores it under the key; `false` = the key is taken.
    pub(super) async fn put(&self, key: &str, put: &Put) -> Result<bool, CacheError> {
        let seconds = put.ttl.as_secs().max(1);
        let mut set = cmd("SET");
        set.arg(format!("{PREFIX}{key}"))
            .arg(put.entry.to_stored())
            .arg("NX")
            .arg("EX")
            .arg(seconds);
        let reply: Option<String> = self.ask(&set).await?;
        Ok(reply.is_some())
    }

    /// The entry, if there is one.
    pub(super) async fn get(&self, key: &str) -> Result<Option<Entry>, CacheError> {
        let mut get = cmd("GET");
        get.arg(format!("{PREFIX}{key}"));
        let found: Option<Vec<u8>> = self.ask(&get).await?;
        Ok(found.and_then(|bytes| Entry::from_stored(&bytes)))
    }

    async fn ask<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> Result<T, CacheError> {
        let asked = async {
            let mut connection = self.connection().await?;
            command.query_async(&mut connection).await
        };
        let answer = tokio::time::timeout(self.timeout, asked).await;
        let result = match answer {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => unreachable_because(&error),
            Err(_) => "no answer in time".to_owned(),
        };
        *self.connection.lock().await = None;
        Err(CacheError::Unreachable(result))
    }

    async fn connection(&self) -> Result<MultiplexedConnection, RedisError> {
        let mut open = self.connection.lock().await;
        if let Some(connection) = &*open {
            return Ok(connection.clone());
        }
        let client = Client::open(self.url.as_str())?;
        let fresh = client.get_multiplexed_async_connection().await?;
        *open = Some(fresh.clone());
        Ok(fresh)
    }
}

/// The kind of error without the address, which answers must not reveal.
fn unreachable_because(error: &RedisError) -> String {
    error.category().to_owned()
}
