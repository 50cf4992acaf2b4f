//! Asks another server for stored data, in the form of Prebid Server's HTTP backend.
//!
//! `GET <endpoint>?request-ids=["a"]&imp-ids=["b"]&response-ids=["c"]&profile-ids=["d"]&account-ids=["e"]` answers
//! `{"requests":{"a":{…}},"imps":{"b":{…}},"responses":{"c":[…]},"profiles":{"d":{…}},"accounts":{"e":{…}}}`.
//! An id that is missing or `null` does not exist.

use std::sync::Arc;

use openrtb::{Members, exact};
use reqwest::Client;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{FetchError, Found, StoredKind, Wanted, parse};
use crate::data::http_client::{self, BodyError};

/// Names of the kinds in a query and in its answer.
const KINDS: [(StoredKind, &str); 5] = [
    (StoredKind::Request, "request-ids"),
    (StoredKind::Imp, "imp-ids"),
    (StoredKind::Response, "response-ids"),
    (StoredKind::Profile, "profile-ids"),
    (StoredKind::Account, "account-ids"),
];

/// The address to ask, and how much may come back.
#[derive(Debug, Clone)]
pub(super) struct Backend {
    pub(super) client: Client,
    pub(super) endpoint: Url,
    pub(super) max_bytes: usize,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StoredDataAnswer {
    requests: Members,
    imps: Members,
    responses: Members,
    profiles: Members,
    accounts: Members,
}

impl Backend {
    /// Asks once; the caller stops waiting when its time is up.
    pub(super) async fn fetch(&self, wanted: &Wanted) -> Result<Found, FetchError> {
        let request = self.client.get(self.url(wanted));
        let response = request.send().await.map_err(|_| FetchError::Unreachable)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(FetchError::Status);
        }
        let body = http_client::body(response, self.max_bytes).await;
        parse_answer(&body.map_err(|error| match error {
            BodyError::Broken(_) => FetchError::Unreachable,
            BodyError::TooLarge(_) => FetchError::TooLarge,
        })?)
    }

    fn url(&self, wanted: &Wanted) -> Url {
        let mut url = self.endpoint.clone();
        for (kind, name) in KINDS {
            let ids = wanted.iter().filter(|(wanted, _)| *wanted == kind);
            let ids: Value = ids.map(|(_, id)| id.as_str()).collect();
            if ids.as_array().is_some_and(|ids| !ids.is_empty()) {
                url.query_pairs_mut().append_pair(name, &ids.to_string());
            }
        }
        url
    }
}

/// Reads an answer. Malformed stored answers count as missing; other values of a wrong type are reported,
/// with their path, to the requests that name them.
pub(crate) fn parse_answer(body: &[u8]) -> Result<Found, FetchError> {
    let unfit = |_| FetchError::Unusable;
    let members: Members = serde_json::from_slice(&exact::protect(body)).map_err(unfit)?;
    let answer = StoredDataAnswer::deserialize(Value::Object(members)).map_err(unfit)?;
    let mut found = Found::new();
    for (kind, members) in [
        (StoredKind::Request, answer.requests),
        (StoredKind::Imp, answer.imps),
        (StoredKind::Response, answer.responses),
        (StoredKind::Profile, answer.profiles),
        (StoredKind::Account, answer.accounts),
    ] {
        for (id, value) in members {
            let usable = kind != StoredKind::Response || parse::check(kind, &value).is_ok();
            if !value.is_null() && usable {
                found.insert((kind, id), Arc::new(value));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_only_for_what_is_wanted() {
        let backend = Backend {
            client: Client::builder().no_proxy().build().unwrap(),
            endpoint: Url::parse("http://data.example/?key=1").unwrap(),
            max_bytes: 1,
        };
        let wanted = [
            (StoredKind::Imp, "a b"),
            (StoredKind::Imp, "c"),
            (StoredKind::Response, "\""),
        ];
        let wanted = wanted.map(|(kind, id)| (kind, id.to_owned()));
        let url = backend.url(&Wanted::from(wanted));
        let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let expected = [
            ("key", "1"),
            ("imp-ids", r#"["a b","c"]"#),
            ("response-ids", r#"["\""]"#),
        ];
        assert_eq!(
            query,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn reads_answers() {
        let body = br#"{"requests":{"r":{}},"imps":{"i":{"id":"x"},"none":null},"responses":{"s":[],"odd":1}}"#;
        let found = parse_answer(body).unwrap();
        let keys: Vec<_> = found.keys().map(|(_, id)| id.as_str()).collect();
        assert_eq!(keys, ["r", "i", "s"]);
        assert!(parse_answer(b"{}").unwrap().is_empty());
        for garbage in ["", "[]", "null", "{\"imps\":[]}", "<html>"] {
            assert!(parse_answer(garbage.as_bytes()).is_err(), "{garbage}");
        }
    }
}
