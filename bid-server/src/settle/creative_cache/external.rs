//! [`External`]: another server with Prebid Cache's API.

use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};
use url::Url;

use super::CacheConfig;
use super::put::{Responses, Uuid};
use super::{CacheError, Entry, EntryKind, Put, StoredId};
use crate::data::http_client::{self, BodyError, ClientError};
use crate::data::tls::TlsConfig;

/// Its address, and a separate client, so that SSP calls never wait for its connections.
#[derive(Debug)]
pub(super) struct External {
    url: Url,
    client: Client,
    max_answer: usize,
}

impl External {
    /// Not connected yet.
    pub(super) fn new(
        url: Url,
        config: &CacheConfig,
        tls: &TlsConfig,
    ) -> Result<Self, ClientError> {
        let client = http_client::builder(tls)?
            .tcp_nodelay(true)
            .connect_timeout(config.timeout)
            .timeout(config.timeout)
            .build()?;
        Ok(Self {
            url,
            client,
            // An id takes less than a hundred bytes.
            max_answer: 4096 + config.max_puts * 256,
        })
    }

    /// Stores all of them in one call.
    pub(super) async fn put_all(&self, puts: Vec<Put>) -> Result<Vec<StoredId>, CacheError> {
        let count = puts.len();
        let puts: Vec<Value> = puts.into_iter().map(wire).collect();
        let away = |error: reqwest::Error| {
            let reason = if error.is_timeout() {
                "no answer in time"
            } else {
                "no connection"
            };
            CacheError::Unreachable(reason.to_owned())
        };
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(json!({ "puts": puts }).to_string());
        let response = request.send().await.map_err(away)?;
        if !response.status().is_success() {
            let status = response.status().as_u16();
            return Err(CacheError::Strange(format!("status {status}")));
        }
        let body = http_client::body(response, self.max_answer).await;
        let body = body.map_err(|error| match error {
            BodyError::Broken(error) => away(error),
            BodyError::TooLarge(_) => CacheError::Strange("too long".to_owned()),
        })?;
        ids(&body, count)
    }
}

fn wire(put: Put) -> Value {
    let Put { entry, ttl, key } = put;
    let Entry { kind, content } = entry;
    let text = String::from_utf8_lossy(&content);
    let value = match kind {
        EntryKind::Json => serde_json::from_str(&text).unwrap_or_default(),
        EntryKind::Xml => Value::from(text.as_ref()),
    };
    let mut wire = json!({"type": kind.name(), "ttlseconds": ttl.as_secs(), "value": value});
    if let (Some(key), Some(members)) = (key, wire.as_object_mut()) {
        members.insert("key".to_owned(), Value::from(key));
    }
    wire
}

fn ids(body: &[u8], count: usize) -> Result<Vec<StoredId>, CacheError> {
    let answer: Responses =
        serde_json::from_slice(body).map_err(|error| CacheError::Strange(error.to_string()))?;
    if answer.responses.len() != count {
        let given = answer.responses.len();
        return Err(CacheError::Strange(format!("{given} ids for {count}")));
    }
    let ids = answer.responses.into_iter();
    let uuid = |id: Uuid| Some(id.uuid).filter(|uuid| !uuid.is_empty());
    Ok(ids.map(|id| StoredId { uuid: uuid(id) }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_id_for_each_put() {
        let body = br#"{"responses":[{"uuid":"a"},{"uuid":"b"}]}"#;
        let uuids = |ids: Vec<StoredId>| {
            ids.into_iter()
                .map(|id| id.uuid.unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            ids(body, 2).map(uuids),
            Ok(vec!["a".to_owned(), "b".to_owned()])
        );
        assert!(matches!(ids(body, 3), Err(CacheError::Strange(_))));
        for odd in [
            "",
            "[]",
            "{}",
            r#"{"responses":[{}]}"#,
            r#"{"responses":null}"#,
        ] {
            assert!(ids(odd.as_bytes(), 1).is_err(), "{odd}");
        }
    }
}
