//! The HTTP input's routes: every path but `/status` is a tag.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::ingest::ingest;
use crate::buffer::{Buffer, SealedQueue, Usage};
use crate::config::HttpConfig;
use crate::metrics::Metrics;

/// Chromium remembers a preflight for two hours at most.
const PREFLIGHT_AGE: Duration = Duration::from_secs(7200);

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct HttpState {
    pub(crate) config: HttpConfig,
    pub(crate) buffer: Buffer,
    pub(crate) metrics: Metrics,
    pub(crate) usage: Arc<Usage>,
    pub(crate) sealed: Arc<SealedQueue>,
    pub(crate) max_buffer_bytes: u64,
}

/// All routes. Pages of any origin may send, with cookies or without: a beacon always sends them, and a browser
/// then insists on its own origin being named.
pub(crate) fn router(state: HttpState) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::mirror_request())
        .allow_credentials(true)
        .allow_methods([Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
        .max_age(PREFLIGHT_AGE);
    let limit = DefaultBodyLimit::max(state.config.max_body_bytes);
    Router::new()
        .route("/status", get(status))
        .fallback(ingest)
        .layer(limit)
        .layer(cors)
        .with_state(Arc::new(state))
}

/// 200 while events can be taken, 503 while they cannot.
async fn status(State(state): State<Arc<HttpState>>) -> Response {
    let bytes = state.usage.bytes();
    let healthy = state.metrics.is_disk_healthy();
    let (code, word) = match (healthy, bytes < state.max_buffer_bytes) {
        (true, true) => (StatusCode::OK, "ready"),
        (true, false) => (StatusCode::SERVICE_UNAVAILABLE, "buffer_full"),
        (false, _) => (StatusCode::SERVICE_UNAVAILABLE, "disk_failed"),
    };
    let body = json!({
        "state": word,
        "buffered_bytes": bytes,
        "max_buffered_bytes": state.max_buffer_bytes,
        "waiting_segments": state.sealed.len(),
    });
    let mut response = (code, Json(body)).into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}
