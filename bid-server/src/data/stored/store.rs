//! [`Store`]: where everybody asks for stored data.

use std::sync::Arc;

use thiserror::Error;
use tokio::time::Instant;

use super::remote::Remote;
use super::{Found, Snapshot, StoredHttpConfig, StoredSections, Wanted};
use crate::data::http_client::ClientError;
use crate::data::live::Live;
use crate::data::metrics::FetchMetrics;
use crate::data::tls::TlsConfig;

/// All stored data, wherever it is.
#[derive(Debug)]
pub(crate) struct Store {
    memory: Live<Snapshot>,
    /// Asked for what is not in memory.
    remote: Option<Remote>,
}

/// The data may exist, but is not available now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum FetchError {
    /// No connection could be made, or it broke.
    #[error("stored data cannot be fetched: the server cannot be reached")]
    Unreachable,
    /// A status other than 200.
    #[error("stored data cannot be fetched: the server answers with a failure")]
    Status,
    /// More bytes than allowed.
    #[error("stored data cannot be fetched: the answer is too large")]
    TooLarge,
    /// It is not what was expected.
    #[error("stored data cannot be fetched: the answer is not in the agreed form")]
    Unusable,
    /// It did not arrive in time.
    #[error("stored data cannot be fetched: no answer in time")]
    TimedOut,
}

impl FetchError {
    /// The name in metrics.
    pub(super) fn outcome(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Status => "status",
            Self::TooLarge => "too_large",
            Self::Unusable => "unusable",
            Self::TimedOut => "timed_out",
        }
    }
}

impl Store {
    /// A store with the data of the configuration.
    pub(crate) fn new(sections: &StoredSections) -> Self {
        Self {
            memory: Live::new(Snapshot::of_config(sections)),
            remote: None,
        }
    }

    /// The same with the other server that the configuration names, whose failures are counted.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub(crate) fn connect(
        sections: &StoredSections,
        http: Option<&StoredHttpConfig>,
        tls: &TlsConfig,
        metrics: &Arc<FetchMetrics>,
    ) -> Result<Self, ClientError> {
        let remote = http.map(|http| Remote::connect(http, tls, Arc::clone(metrics)));
        Ok(Self {
            remote: remote.transpose()?,
            ..Self::new(sections)
        })
    }

    /// What is in memory now.
    pub(crate) fn in_memory(&self) -> Arc<Snapshot> {
        self.memory.get()
    }

    /// Replaces what is in memory.
    pub(super) fn replace(&self, snapshot: Snapshot) {
        self.memory.set(snapshot);
    }

    /// All of it that exists.
    ///
    /// # Errors
    /// [`FetchError`] if it cannot be determined by `until` what exists.
    pub(crate) async fn fetch(&self, wanted: &Wanted, until: Instant) -> Result<Found, FetchError> {
        let mut found = self.in_memory().find(wanted);
        let Some(remote) = &self.remote else {
            return Ok(found);
        };
        let missing = wanted.iter().filter(|key| !found.contains_key(*key));
        let missing: Wanted = missing.cloned().collect();
        if !missing.is_empty() {
            found.extend(remote.fetch(&missing, until).await?);
        }
        Ok(found)
    }
}
