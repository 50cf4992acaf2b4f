//! `GET /version`

use axum::Json;
use serde::Serialize;

/// What is running.
#[derive(Debug, Serialize)]
pub(crate) struct Version {
    revision: &'static str,
    version: &'static str,
}

/// The release, and the commit if the build was given one in `EARLYBID_REVISION`.
pub(crate) async fn version() -> Json<Version> {
    Json(Version {
        revision: option_env!("EARLYBID_REVISION").unwrap_or("not-set"),
        version: env!("CARGO_PKG_VERSION"),
    })
}
