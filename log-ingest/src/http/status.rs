//! `GET /status`: whether events get into the tables and the tables can be read, and how large and how fresh they are.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::HttpApp;
use crate::table::TableError;
use crate::table::lake::Lake;

/// Landing that fails, or takes, longer than this makes us not ready; a single attempt that fails is not worth reporting.
const PATIENCE: Duration = Duration::from_secs(30);

/// A derived table that is further behind makes us not ready.
const MOST_BEHIND: Duration = Duration::from_secs(300);

/// Whoever asks for the status wants an answer, even when the store gives none.
const STORE: Duration = Duration::from_secs(5);

/// Bad files that are listed; the metric counts all.
const MOST_BAD_FILES: usize = 50;

pub(super) async fn status(State(app): State<HttpApp>) -> (StatusCode, Json<Value>) {
    let mut faults: Vec<String> = Vec::new();
    let sizes = timeout(STORE, sizes(&app.lake)).await;
    let tables = match sizes {
        Ok(Ok(tables)) => tables,
        Ok(Err(error)) => {
            tracing::error!(error = %error, "tables cannot be read");
            faults.push(error.to_string());
            Vec::new()
        }
        Err(_elapsed) => {
            faults.push("the tables' place does not answer".to_owned());
            Vec::new()
        }
    };
    if let Some(trouble) = app.landing.trouble(PATIENCE) {
        let seconds = trouble.lasts.as_secs();
        faults.push(match trouble.failure {
            Some(failure) => format!("segments have not landed for {seconds} s: {failure}"),
            None => format!("a segment has been landing for {seconds} s"),
        });
    }
    let lags = app.lag.tables();
    for lag in lags.iter().filter(|lag| lag.behind > MOST_BEHIND) {
        let seconds = lag.behind.as_secs();
        let failure = lag.failure.as_deref().unwrap_or("it takes longer");
        faults.push(format!("{} is {seconds} s behind: {failure}", lag.table));
    }
    let derived = lags.iter().map(|lag| {
        json!({
            "name": lag.table,
            "behind_ms": u64::try_from(lag.behind.as_millis()).unwrap_or(u64::MAX),
            "failure": lag.failure,
        })
    });
    let bad_files = app.lake.bad_files().all();
    let bad_files = bad_files.iter().take(MOST_BAD_FILES).map(|file| {
        json!({
            "table": file.table,
            "path": file.path,
            "fault": file.fault.to_string(),
        })
    });
    let (code, word) = match faults.is_empty() {
        true => (StatusCode::OK, "ok"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "failing"),
    };
    let mut body = json!({
        "status": word,
        "version": env!("CARGO_PKG_VERSION"),
        "tables": tables,
        "derived": derived.collect::<Vec<Value>>(),
        "bad_files": bad_files.collect::<Vec<Value>>(),
    });
    if !faults.is_empty() {
        body["error"] = json!(faults.join("; "));
    }
    (code, Json(body))
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
