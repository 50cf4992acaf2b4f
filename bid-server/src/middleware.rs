//! The stack around the public routes, outermost last.

mod cors;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// An auction is never the same twice.
const NEVER_CACHED: HeaderValue = HeaderValue::from_static("no-cache, no-store, must-revalidate");

/// A panic is our fault, but costs one answer only, and even that one passes CORS.
pub(crate) fn around(routes: Router) -> Router {
    routes
        .layer(CatchPanicLayer::new())
        .layer(SetResponseHeaderLayer::overriding(
            CACHE_CONTROL,
            NEVER_CACHED,
        ))
        .layer(cors::timing())
        .layer(cors::cors())
}
