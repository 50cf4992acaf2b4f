//! The stack around the public routes, outermost last.

mod accept_encoding;
mod compress;
mod cors;
mod standard_headers;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;

use crate::config::CompressionConfig;

/// A panic is our fault, but costs one answer only, and even that one passes CORS.
pub(crate) fn around(routes: Router, compression: CompressionConfig) -> Router {
    // Around the router as a whole: what it says about methods that a route does not have is seen too.
    Router::new()
        .fallback_service(routes)
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(compression, compress::compress))
        .layer(from_fn(standard_headers::add))
        .layer(from_fn(cors::cors))
}
