//! `POST /cache` and `GET /cache?uuid=`: Prebid Cache's API.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;
use tokio::time::Instant;

use crate::http::app::App;
use crate::request;
use crate::request::Refusal;
use crate::settle::creative_cache::put::{Puts, Responses, Uuid};
use crate::settle::creative_cache::{CacheConfig, CacheWriters};
use crate::settle::creative_cache::{CacheError, Put, StoredId};

/// The header with a caller's key, as in Prebid Cache.
const API_KEY: HeaderName = HeaderName::from_static("x-pbc-api-key");

/// Stores creatives and answers with their ids.
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    if !may_write(&app.pipeline.config.cache.writers, &headers) {
        app.metrics.refused();
        return Ok((
            StatusCode::UNAUTHORIZED,
            "not allowed to keep anything here\n",
        )
            .into_response());
    }
    let puts = read(&app, body)
        .await
        .inspect_err(|_| app.metrics.refused())?;
    let config = &app.pipeline.config.cache;
    let mut faults = Vec::new();
    let mut checked = Vec::new();
    for (index, put) in puts.puts.into_iter().enumerate() {
        match put.check(&format!("puts[{index}]"), config) {
            Ok(put) => checked.push(put),
            Err(fault) => faults.push(fault),
        }
    }
    Refusal::unless_empty(faults).inspect_err(|_| app.metrics.refused())?;
    Ok(keep(&app, checked).await)
}

fn may_write(writers: &CacheWriters, headers: &HeaderMap) -> bool {
    match writers {
        CacheWriters::Anybody => true,
        CacheWriters::Nobody => false,
        CacheWriters::WithKey(key) => headers
            .get(API_KEY)
            .is_some_and(|shown| key.as_bytes().ct_eq(shown.as_bytes()).into()),
    }
}

/// Answers with one id for each, or with 503 if the store cannot be reached.
pub(crate) async fn keep(app: &App, puts: Vec<Put>) -> Response {
    let started = Instant::now();
    let results = app.pipeline.creatives.put_all(puts).await;
    let (store, took) = (app.pipeline.creatives.name(), started.elapsed());
    app.pipeline.cache_metrics.wrote(store, took, &results);
    let ids: Result<Vec<StoredId>, CacheError> = results.into_iter().collect();
    match ids {
        Ok(ids) => {
            let responses = ids.into_iter().map(|id| Uuid {
                uuid: id.uuid.unwrap_or_default(),
            });
            let responses = responses.collect();
            Json(Responses { responses }).into_response()
        }
        Err(error) => away(&error),
    }
}

async fn read(app: &App, body: Body) -> Result<Puts, Refusal> {
    let config = &app.pipeline.config.cache;
    let body =
        request::body::read(body, cap(config), app.pipeline.config.auction.body_timeout).await?;
    let puts: Puts = serde_json::from_slice(&body)
        .map_err(|error| Refusal::fault(format!("not a list of puts: {error}")))?;
    if puts.puts.len() > config.max_puts {
        let most = config.max_puts;
        return Err(Refusal::fault(format!("puts: more than {most}")));
    }
    Ok(puts)
}

/// The largest body of a call.
pub(crate) fn cap(config: &CacheConfig) -> usize {
    /// However many creatives a call may have.
    const LARGEST_BODY: usize = 8 << 20;
    // JSON may take six bytes to write one byte of a creative.
    let one = config.max_value_bytes.saturating_mul(6);
    one.saturating_mul(config.max_puts)
        .min(LARGEST_BODY)
        .max(one)
}

/// The creative to fetch.

#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    uuid: String,
}

/// Answers with the creative that has this id.
pub(crate) async fn get(State(app): State<Arc<App>>, Query(which): Query<Which>) -> Response {
    if which.uuid.is_empty() {
        return (StatusCode::BAD_REQUEST, "uuid: missing\n").into_response();
    }
    let found = app.pipeline.creatives.get(&which.uuid).await;
    app.pipeline.cache_metrics.get(match &found {
        Ok(Some(_)) => "found",
        Ok(None) => "missing",
        Err(_) => "failed",
    });
    match found {
        Ok(Some(entry)) => {
            let kind = [(CONTENT_TYPE, entry.kind.content_type())];
            (kind, entry.content).into_response()
        }
        Ok(None) => (StatusCode::NOT_FOUND, "nothing is kept under this uuid\n").into_response(),
        Err(error) => away(&error),
    }
}

fn away(error: &CacheError) -> Response {
    tracing::warn!(%error, "the cache gives no answer");
    let text = format!("{error}\n");
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}
