//! `GET /openapi.json`: the description of all routes, for people and for generators of clients.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// Written by hand; tests check it against the routes and send its examples.
pub(crate) const DOCUMENT: &str = include_str!("../../../openapi.json");

/// The document as it is.
pub(crate) async fn openapi() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT)
}
