//! `GET /status`

use axum::Json;
use serde::Serialize;

/// For load balancers and people.
#[derive(Debug, Serialize)]
pub(crate) struct Status {
    status: &'static str,
    version: &'static str,
}

/// Answers while the server takes auctions; a server that shuts down takes no connections.
pub(crate) async fn status() -> Json<Status> {
    Json(Status {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
    })
}
