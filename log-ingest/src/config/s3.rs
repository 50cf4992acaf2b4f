//! `[tables.s3]`: how an S3-compatible store is reached.

use std::time::Duration;

use super::{ConfigError, in_range};
use crate::table::s3::{S3Access, S3Key};

/// As in the file; what is empty is taken from the usual `AWS_…` environment.
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct S3Section {
    /// Address of a store other than Amazon's, such as `http://127.0.0.1:9000`. Default "".
    pub endpoint: String,
    /// Region. Default "".
    pub region: String,
    /// Key id. Default "".
    pub access_key_id: String,
    /// Its secret. Default "".
    pub secret_access_key: String,
    /// A request without an answer is given up after so long. Default 30000.
    pub timeout_ms: u64,
}

impl Default for S3Section {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            region: String::new(),
            access_key_id: String::new(),
            secret_access_key: String::new(),
            timeout_ms: 30_000,
        }
    }
}

impl std::fmt::Debug for S3Section {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("S3Section")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("timeout_ms", &self.timeout_ms)
            .finish_non_exhaustive()
    }
}

impl S3Section {
    pub(super) fn check(self) -> Result<S3Access, ConfigError> {
        let range = 100..=600_000;
        let timeout = in_range("tables.s3.timeout_ms", self.timeout_ms, range)?;
        let key = match (given(self.access_key_id), given(self.secret_access_key)) {
            (Some(id), Some(secret)) => Some(S3Key { id, secret }),
            (None, None) => None,
            _ => {
                return Err(ConfigError::Value {
                    key: "tables.s3.access_key_id",
                    reason: "must be given together with secret_access_key".to_owned(),
                });
            }
        };
        Ok(S3Access {
            endpoint: given(self.endpoint),
            region: given(self.region),
            key,
            timeout: Duration::from_millis(timeout),
        })
    }
}

/// A text that is not empty.
fn given(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
