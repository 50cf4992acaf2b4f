//! `POST /cookie_sync`: Prebid.js posts it before its first auction.

use axum::Json;
use serde::Serialize;

/// The answer: what to sync.
#[derive(Debug, Serialize)]
pub(crate) struct CookieSync {
    status: &'static str,
    bidder_status: [(); 0],
}

/// No SSP has a user sync configured, so there is none to run. The body is ignored.
pub(crate) async fn cookie_sync() -> Json<CookieSync> {
    Json(CookieSync {
        status: "ok",
        bidder_status: [],
    })
}
