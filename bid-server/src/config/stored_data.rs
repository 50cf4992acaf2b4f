//! `[stored_data]`, `[stored_requests]`, `[stored_responses]`, `[profiles]` and `[default_request]`.

use std::collections::BTreeMap;
use std::time::Duration;

use openrtb::Members;
use serde_json::Value;
use url::Url;

use super::check::{folder, positive_ms, positive_size};
use super::{ConfigError, file};
use crate::data::stored::{StoredDataConfig, StoredHttpConfig, StoredKind, parse};

pub(super) fn check(raw: &file::StoredData) -> Result<StoredDataConfig, ConfigError> {
    Ok(StoredDataConfig {
        folder: folder(&raw.folder),
        poll: positive_ms("stored_data.poll_ms", raw.poll_ms)?,
        fetch_timeout: positive_ms("stored_data.fetch_timeout_ms", raw.fetch_timeout_ms)?,
        http: check_http(&raw.http)?,
    })
}

fn check_http(raw: &file::StoredHttp) -> Result<Option<StoredHttpConfig>, ConfigError> {
    let key = |member: &str| format!("stored_data.http.{member}");
    if raw.endpoint.is_empty() {
        return Ok(None);
    }
    let endpoint = Url::parse(&raw.endpoint)
        .map_err(|error| ConfigError::invalid(key("endpoint"), error.to_string()))?;
    if !matches!(endpoint.scheme(), "http" | "https") {
        let problem = "must be an http or https URL";
        return Err(ConfigError::invalid(key("endpoint"), problem));
    }
    let max = raw.max_response_bytes;
    Ok(Some(StoredHttpConfig {
        endpoint,
        max_response_bytes: positive_size(&key("max_response_bytes"), max)?,
        cache_bytes: raw.cache_bytes,
        cache_ttl: Duration::from_millis(raw.cache_ttl_ms),
        missing_ttl: Duration::from_millis(raw.missing_ttl_ms),
    }))
}

/// Stored requests must parse as requests.
pub(super) fn check_requests(
    raw: BTreeMap<String, Members>,
) -> Result<BTreeMap<String, Members>, ConfigError> {
    for (id, members) in &raw {
        check_one(
            &format!("stored_requests.{id}"),
            StoredKind::Request,
            members,
        )?;
    }
    Ok(raw)
}

/// So must the default request.
pub(super) fn check_default(raw: Members) -> Result<Members, ConfigError> {
    check_one("default_request", StoredKind::Request, &raw)?;
    Ok(raw)
}

/// Stored responses must parse as responses.
pub(super) fn check_responses(
    raw: BTreeMap<String, Value>,
) -> Result<BTreeMap<String, Value>, ConfigError> {
    for (id, value) in &raw {
        let key = format!("stored_responses.{id}");
        parse::check(StoredKind::Response, value)
            .map_err(|problem| ConfigError::invalid(key, problem))?;
    }
    Ok(raw)
}

/// Profiles must parse as profiles.
pub(super) fn check_profiles(
    raw: BTreeMap<String, Members>,
) -> Result<BTreeMap<String, Members>, ConfigError> {
    for (id, members) in &raw {
        check_one(&format!("profiles.{id}"), StoredKind::Profile, members)?;
    }
    Ok(raw)
}

fn check_one(key: &str, kind: StoredKind, members: &Members) -> Result<(), ConfigError> {
    parse::check(kind, &Value::Object(members.clone()))
        .map_err(|problem| ConfigError::invalid(key, problem))
}
