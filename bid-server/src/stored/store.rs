//! [`Store`]: what everybody asks for stored data.

use std::sync::Arc;

use thiserror::Error;
use tokio::time::Instant;

use super::{Found, Snapshot, Wanted};
use crate::config::Config;
use crate::live::Live;

/// All stored data, wherever it is.
#[derive(Debug)]
pub(crate) struct Store {
    memory: Live<Snapshot>,
}

/// The data may exist, but cannot be had now.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("stored data cannot be fetched: {0}")]
pub(crate) struct FetchError(pub(crate) &'static str);

impl Store {
    /// With what the configuration holds.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            memory: Live::new(Snapshot::of_config(config)),
        }
    }

    /// What is in memory now.
    pub(crate) fn in_memory(&self) -> Arc<Snapshot> {
        self.memory.get()
    }

    /// Replaces what is in memory.
    pub(super) fn replace(&self, snapshot: Snapshot) {
        self.memory.set(snapshot);
    }

    /// As much of it as exists.
    ///
    /// # Errors
    /// [`FetchError`] when it cannot be said by `until` what exists.
    #[expect(
        clippy::unused_async,
        reason = "data that is elsewhere has to be waited for"
    )]
    pub(crate) async fn fetch(
        &self,
        wanted: &Wanted,
        _until: Instant,
    ) -> Result<Found, FetchError> {
        Ok(self.in_memory().find(wanted))
    }
}
