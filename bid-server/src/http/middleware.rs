//! The middleware around the public routes, outermost last.

mod accept_encoding;
mod compress;
mod cors;
mod own_host;
mod standard_headers;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;

use crate::config::CompressionConfig;

/// A panic is our fault, but it costs only one answer, and even that one passes through CORS.
pub(crate) fn around(routes: Router, compression: CompressionConfig) -> Router {
    // Wrapped around the whole router, so that it also covers answers for methods that a route does not have.
    Router::new()
        .fallback_service(routes)
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(compression, compress::compress))
        .layer(from_fn(standard_headers::add))
        .layer(from_fn(cors::cors))
}

/// Wrapped around the routes for operators.
pub(crate) fn for_operators(routes: Router, hosts: Arc<[String]>) -> Router {
    Router::new()
        .fallback_service(routes)
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(hosts, own_host::check))
}
