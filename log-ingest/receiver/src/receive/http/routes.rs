//! The HTTP input's routes: every path but `/status` is a tag.

use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use super::client_address::Peer;
use super::ingest::ingest;
use super::state::HttpState;

/// All routes.
pub(crate) fn router(state: HttpState) -> Router {
    Router::new()
        .route("/status", get(status))
        .route("/health", get(status))
        .fallback(ingest)
        .layer(middleware::from_fn(in_hand))
        .with_state(Arc::new(state))
}

/// Tells the connection that it has a request, for as long as there is no answer.
async fn in_hand(ConnectInfo(peer): ConnectInfo<Peer>, request: Request, next: Next) -> Response {
    let _in_hand = peer.handling.begin();
    next.run(request).await
}

/// 200 while events can be taken, 503 while they cannot.
async fn status(State(state): State<Arc<HttpState>>) -> Response {
    let bytes = state.usage.bytes();
    let healthy = state.buffer_metrics.is_disk_healthy();
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
        "outputs": state.outputs.json(),
    });
    let mut response = (code, Json(body)).into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}
