//! `GET /status`: whether the tables can be read, and how large they are.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::HttpApp;
use crate::table::TableError;
use crate::table::lake::Lake;

pub(super) async fn status(State(app): State<HttpApp>) -> (StatusCode, Json<Value>) {
    match sizes(&app.lake).await {
        Ok(tables) => (
            StatusCode::OK,
            Json(json!({
                "status": "ok",
                "version": env!("CARGO_PKG_VERSION"),
                "tables": tables,
            })),
        ),
        Err(error) => {
            tracing::error!(error = %error, "tables cannot be read");
            let body = json!({ "status": "failing", "error": error.to_string() });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body))
        }
    }
}

async fn sizes(lake: &Lake) -> Result<Vec<Value>, TableError> {
    let mut sizes = Vec::new();
    for table in lake.tables() {
        let size = table.size().await?;
        sizes.push(json!({
            "name": table.name(),
            "rows": size.rows,
            "files": size.files,
            "version": size.version,
        }));
    }
    Ok(sizes)
}
