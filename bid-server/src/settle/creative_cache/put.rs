//! Prebid Cache's API: what `POST /cache` accepts and answers.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::CacheConfig;
use super::{Entry, EntryKind};

/// A checked request to store something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Put {
    /// The entry to store.
    pub(crate) entry: Entry,
    /// How long to keep it.
    pub(crate) ttl: Duration,
    /// The id to store it under; `None` = a fresh one.
    pub(crate) key: Option<String>,
}

/// The id by which it can be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredId {
    /// `None` = the requested id was taken.
    pub(crate) uuid: Option<String>,
}

/// Body of `POST /cache`.
#[derive(Debug, Deserialize)]
pub(crate) struct Puts {
    /// The entries to store.
    #[serde(default)]
    pub(crate) puts: Vec<WirePut>,
}

/// One of them, as it was sent.
#[derive(Debug, Deserialize)]
pub(crate) struct WirePut {
    /// `json` or `xml`.
    #[serde(default, rename = "type")]
    pub(crate) kind: String,
    /// The content: JSON, or XML as a string.
    #[serde(default)]
    pub(crate) value: Option<Value>,
    /// How many seconds to keep it.
    #[serde(default)]
    pub(crate) ttlseconds: Option<i64>,
    /// The id to store it under.
    #[serde(default)]
    pub(crate) key: Option<String>,
}

/// Answer of `POST /cache` and `POST /vtrack`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Responses {
    /// One for each put, in the same order.
    pub(crate) responses: Vec<Uuid>,
}

/// An id.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Uuid {
    /// Empty if the requested id was taken.
    pub(crate) uuid: String,
}

impl WirePut {
    /// Checks the form and the size caps; `path` leads to it.
    pub(crate) fn check(self, path: &str, config: &CacheConfig) -> Result<Put, String> {
        let value = self.value.filter(|value| !value.is_null());
        let value = value.ok_or_else(|| format!("{path}.value: missing"))?;
        let entry = match (self.kind.as_str(), value) {
            ("json", value) => Entry {
                kind: EntryKind::Json,
                content: Bytes::from(value.to_string()),
            },
            ("xml", Value::String(text)) => Entry {
                kind: EntryKind::Xml,
                content: Bytes::from(text),
            },
            ("xml", _) => return Err(format!("{path}.value: XML must be given as a string")),
            _ => return Err(format!("{path}.type: must be json or xml")),
        };
        let most = config.max_value_bytes;
        if entry.content.len() > most {
            return Err(format!("{path}.value: larger than {most} bytes"));
        }
        if self.ttlseconds.is_some_and(i64::is_negative) {
            return Err(format!("{path}.ttlseconds: must not be negative"));
        }
        let key = self.key.filter(|key| !key.is_empty());
        if key.is_some() && !config.allow_keys {
            return Err(format!("{path}.key: this server gives the ids itself"));
        }
        if key.as_ref().is_some_and(|key| !is_key(key)) {
            return Err(format!(
                "{path}.key: up to 64 letters, digits, - and _ are allowed"
            ));
        }
        Ok(Put {
            entry,
            ttl: ttl(self.ttlseconds, config),
            key,
        })
    }
}

/// The time that was asked for, up to the maximum; none and 0 mean the default.
pub(crate) fn ttl(seconds: Option<i64>, config: &CacheConfig) -> Duration {
    let asked = seconds
        .and_then(|seconds| u64::try_from(seconds).ok())
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs);
    asked.unwrap_or(config.default_ttl).min(config.max_ttl)
}

/// Whether a key can be an id: ids become part of URLs and of names in a shared store.
pub(crate) fn is_key(key: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=64).contains(&key.len()) && key.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Config;

    fn check(put: Value) -> Result<Put, String> {
        let config = Config::parse("[cache]\nmax_value_bytes = 20\nallow_keys = true").unwrap();
        let put: WirePut = serde_json::from_value(put).unwrap();
        put.check("puts[0]", &config.cache)
    }

    #[track_caller]
    fn refused(put: Value, fault: &str) {
        assert_eq!(check(put).unwrap_err(), fault);
    }

    #[test]
    fn keeps_json_as_it_is_and_xml_without_quotes() {
        let put = check(json!({"type": "json", "value": {"b": 1, "a": [0.10]}})).unwrap();
        assert_eq!(put.entry.content, r#"{"b":1,"a":[0.1]}"#);
        let put = check(json!({"type": "xml", "value": "<VAST/>", "ttlseconds": 5})).unwrap();
        assert_eq!(put.entry.content, "<VAST/>");
        assert_eq!(put.ttl, Duration::from_secs(5));
    }

    #[test]
    fn faults_name_the_place() {
        refused(json!({"type": "json"}), "puts[0].value: missing");
        refused(
            json!({"type": "text", "value": 1}),
            "puts[0].type: must be json or xml",
        );
        refused(
            json!({"type": "xml", "value": {}}),
            "puts[0].value: XML must be given as a string",
        );
        refused(
            json!({"type": "xml", "value": "x".repeat(21)}),
            "puts[0].value: larger than 20 bytes",
        );
        refused(
            json!({"type": "xml", "value": "x", "ttlseconds": -1}),
            "puts[0].ttlseconds: must not be negative",
        );
        refused(
            json!({"type": "xml", "value": "x", "key": "a b"}),
            "puts[0].key: up to 64 letters, digits, - and _ are allowed",
        );
    }

    #[test]
    fn times_stay_within_the_cap() {
        let config = Config::parse("[cache]\nmax_ttl_s = 100\ndefault_ttl_s = 50").unwrap();
        let seconds = |asked| ttl(asked, &config.cache).as_secs();
        assert_eq!(seconds(None), 50);
        assert_eq!(seconds(Some(0)), 50);
        assert_eq!(seconds(Some(70)), 70);
        assert_eq!(seconds(Some(i64::MAX)), 100);
    }
}
