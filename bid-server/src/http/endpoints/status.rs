//! `GET /status`

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::config::StatusAnswer;
use crate::http::app::App;

/// For load balancers and people.
#[derive(Debug, Serialize)]
pub(crate) struct Status {
    status: &'static str,
    version: &'static str,
}

/// Whether the server accepts auctions. While it shuts down it answers 503 on connections that are still
/// open, so that a load balancer stops using them.
pub(crate) async fn status(State(app): State<Arc<App>>) -> Response {
    if app.stopping.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match &app.pipeline.config.status_answer {
        StatusAnswer::Known => Json(Status {
            status: "ok",
            version: env!("CARGO_PKG_VERSION"),
        })
        .into_response(),
        StatusAnswer::Nothing => StatusCode::NO_CONTENT.into_response(),
        StatusAnswer::Text(text) => text.clone().into_response(),
    }
}
