//! SQL over HTTP, the small page that goes with it, status and metrics.

mod catalog;
mod cors;
mod page;
mod query;
mod status;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::registry::Registry;

use crate::metrics::QueryMetrics;
use crate::query::engine::Engine;
use crate::table::lake::Lake;

pub use cors::Origins;

/// Longest statement that is taken, bytes.
const MAX_STATEMENT: usize = 64 << 10;

/// What the handlers share.
#[derive(Debug, Clone)]
pub struct HttpApp {
    /// Answers queries.
    pub engine: Engine,
    /// Tells the tables' sizes.
    pub lake: Lake,
    /// Counts queries.
    pub metrics: QueryMetrics,
    /// All metrics of the process.
    pub registry: Arc<Registry>,
}

/// All routes.
pub fn router(app: HttpApp, origins: &Origins) -> Router {
    Router::new()
        .route("/query", get(query::by_get).post(query::by_post))
        .route("/catalog", get(catalog::catalog))
        .route("/status", get(status::status))
        .route("/metrics", get(metrics))
        .layer(cors::layer(origins))
        .route("/", get(page::html))
        .route("/page.css", get(page::css))
        .route("/page.js", get(page::js))
        .layer(DefaultBodyLimit::max(MAX_STATEMENT))
        .with_state(app)
}

async fn metrics(State(app): State<HttpApp>) -> Response {
    const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let mut text = String::new();
    match prometheus_client::encoding::text::encode(&mut text, &app.registry) {
        Ok(()) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(error) => {
            tracing::error!(error = %error, "metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
