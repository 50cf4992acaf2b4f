//! `[stored_data]`, `[stored_requests]`, `[stored_responses]` and `[default_request]`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use openrtb::Members;
use serde_json::Value;

use super::check::{folder, positive_ms};
use super::{ConfigError, file};
use crate::stored::{Kind, parse};

/// `[stored_data]`: where stored data is, apart from this file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDataConfig {
    /// Folder of files; `None` = none.
    pub folder: Option<PathBuf>,
    /// Time between two looks at the folder.
    pub poll: Duration,
    /// Longest time that a request waits for stored data.
    pub fetch_timeout: Duration,
}

pub(super) fn check(raw: &file::StoredData) -> Result<StoredDataConfig, ConfigError> {
    Ok(StoredDataConfig {
        folder: folder(&raw.folder),
        poll: positive_ms("stored_data.poll_ms", raw.poll_ms)?,
        fetch_timeout: positive_ms("stored_data.fetch_timeout_ms", raw.fetch_timeout_ms)?,
    })
}

/// Stored requests must read as such.
pub(super) fn check_requests(
    raw: BTreeMap<String, Members>,
) -> Result<BTreeMap<String, Members>, ConfigError> {
    for (id, members) in &raw {
        check_one(&format!("stored_requests.{id}"), Kind::Request, members)?;
    }
    Ok(raw)
}

/// So must what stands below every request.
pub(super) fn check_default(raw: Members) -> Result<Members, ConfigError> {
    check_one("default_request", Kind::Request, &raw)?;
    Ok(raw)
}

/// And stored responses.
pub(super) fn check_responses(
    raw: BTreeMap<String, Value>,
) -> Result<BTreeMap<String, Value>, ConfigError> {
    for (id, value) in &raw {
        let key = format!("stored_responses.{id}");
        parse::check(Kind::Response, value)
            .map_err(|problem| ConfigError::invalid(key, problem))?;
    }
    Ok(raw)
}

fn check_one(key: &str, kind: Kind, members: &Members) -> Result<(), ConfigError> {
    parse::check(kind, &Value::Object(members.clone()))
        .map_err(|problem| ConfigError::invalid(key, problem))
}
