//! SQL over HTTP, the small page that goes with it, status and metrics.
//!
//! [`admission`] refuses what a page of another site sends, [`serve`](serve::serve) holds connections within their limits.

mod admission;
mod catalog;
mod cors;
mod metrics;
mod page;
mod query;
pub mod serve;
mod status;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::get;

use crate::derive::lag::DeriveLag;
use crate::metrics::MetricsPage;
use crate::query::limits::MAX_STATEMENT;
use crate::query::metrics::QueryMetrics;
use crate::table::lake::Lake;
use crate::table::landing::LandingState;
use crate::workers::Workers;

pub use admission::{Admission, Hosts};
pub use cors::Origins;

/// What the handlers share.
#[derive(Debug, Clone)]
pub struct HttpApp {
    /// Answer queries.
    pub workers: Workers,
    /// Knows the tables' sizes.
    pub lake: Lake,
    /// How far derived tables are behind.
    pub lag: DeriveLag,
    /// Whether segments land.
    pub landing: LandingState,
    /// Counts queries.
    pub metrics: QueryMetrics,
    /// All metrics of the process.
    pub registry: MetricsPage,
}

/// All routes.
pub fn router(app: HttpApp, admission: Admission) -> Router {
    Router::new()
        .route("/query", get(query::by_get).post(query::by_post))
        .route("/catalog", get(catalog::catalog))
        .route("/status", get(status::status))
        .route("/metrics", get(metrics::metrics))
        .layer(cors::layer(&admission.origins))
        .route("/", get(page::html))
        .route("/page.css", get(page::css))
        .route("/page.js", get(page::js))
        .layer(DefaultBodyLimit::max(MAX_STATEMENT))
        .layer(from_fn_with_state(admission, admission::admit))
        .with_state(app)
}
