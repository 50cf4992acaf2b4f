//! `[[output]]` with `kind = "object_store"`.

use std::time::Duration;

use super::forward::{half_a_minute, one_gib};
use super::{CommonKeys, Compress, OutputConfig, OutputKind, all_tags, wrong};
use crate::setting::{ConfigError, Secret};

/// As in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectOutputSection {
    /// Names its position, its metrics and its lines in the log.
    pub name: String,
    /// Patterns of the tags it gets, as Fluentd has them. Default ["**"].
    #[serde(rename = "match", default = "all_tags")]
    pub patterns: Vec<String>,
    /// `s3://bucket/prefix`, or `file:///directory`.
    pub url: String,
    /// Of objects. Default "gzip".
    #[serde(default = "gzip")]
    pub compress: Compress,
    /// How long events wait for others of an object; 0 = not at all. Default 60000.
    #[serde(default = "minute")]
    pub gather_ms: u64,
    /// Bytes of lines in an object, before compression. Default 8 MiB.
    #[serde(default = "eight_mib")]
    pub chunk_bytes: u64,
    /// Field that the event's time is added as, in seconds; empty = none. Default "time".
    #[serde(default = "time")]
    pub time_key: String,
    /// Bytes of segments that it may lie behind. Default 1 GiB.
    #[serde(default = "one_gib")]
    pub max_lag_bytes: u64,
    /// Longest pause between attempts. Default 30000.
    #[serde(default = "half_a_minute")]
    pub max_backoff_ms: u64,
    /// Address of a store other than Amazon's. Default "".
    #[serde(default)]
    pub endpoint: String,
    /// Region. Default "".
    #[serde(default)]
    pub region: String,
    /// Key id. Default "".
    #[serde(default)]
    pub access_key_id: String,
    /// Its secret. Default: not given.
    #[serde(default)]
    pub secret_access_key: Option<Secret>,
}

/// Checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectOutput {
    /// Where, as a URL.
    pub url: String,
    /// Of objects.
    pub compress: Compress,
    /// Field that the event's time is added as.
    pub time_key: Option<String>,
    /// How a store is reached.
    pub access: ObjectAccess,
}

/// What is not given is taken from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectAccess {
    /// Address of a store other than Amazon's.
    pub endpoint: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Who we are.
    pub key: Option<ObjectKey>,
}

/// A key and its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectKey {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: Secret,
}

fn gzip() -> Compress {
    Compress::Gzip
}

fn minute() -> u64 {
    60_000
}

fn eight_mib() -> u64 {
    8 << 20
}

fn time() -> String {
    "time".to_owned()
}

/// A text that is not empty.
fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

impl ObjectOutputSection {
    pub(super) fn check(&self) -> Result<OutputConfig, ConfigError> {
        let schemes = ["s3://", "file:///"];
        let place = schemes
            .iter()
            .find_map(|start| self.url.strip_prefix(start));
        if place.is_none_or(|place| place.trim_matches('/').is_empty()) {
            let reason = "must be \"s3://bucket/prefix\" or \"file:///directory\"";
            return Err(wrong("output.url", &self.name, reason));
        }
        let objects = ObjectOutput {
            url: self.url.clone(),
            compress: self.compress,
            time_key: given(&self.time_key),
            access: ObjectAccess {
                endpoint: given(&self.endpoint),
                region: given(&self.region),
                key: self.key()?,
            },
        };
        let common = CommonKeys {
            name: &self.name,
            patterns: &self.patterns,
            chunk_bytes: self.chunk_bytes,
            max_lag_bytes: self.max_lag_bytes,
            max_backoff_ms: self.max_backoff_ms,
        };
        let gather = Duration::from_millis(self.gather_ms.min(86_400_000));
        common.check(gather, OutputKind::Objects(objects))
    }

    fn key(&self) -> Result<Option<ObjectKey>, ConfigError> {
        let secret = self.secret_access_key.clone();
        let secret = secret.filter(|secret| !secret.as_str().is_empty());
        match (given(&self.access_key_id), secret) {
            (Some(id), Some(secret)) => Ok(Some(ObjectKey { id, secret })),
            (None, None) => Ok(None),
            _ => {
                let reason = "must be given together with secret_access_key";
                Err(wrong("output.access_key_id", &self.name, reason))
            }
        }
    }
}
