//! `POST /query` with the SQL as body, or `GET /query?q=`; `format` says how the answer is written.

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

use super::HttpApp;
use crate::metrics::Interface;
use crate::query::QueryError;
use crate::query::format::Format;

/// The part of the request that is in its URL.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Parameters {
    q: Option<String>,
    format: Option<Format>,
}

pub(super) async fn by_get(
    State(app): State<HttpApp>,
    Query(parameters): Query<Parameters>,
) -> Response {
    let Some(sql) = parameters.q else {
        let hint = "the parameter q is missing: GET /query?q=SELECT...\n";
        return (StatusCode::BAD_REQUEST, hint).into_response();
    };
    answer(&app, &sql, parameters.format).await
}

pub(super) async fn by_post(
    State(app): State<HttpApp>,
    Query(parameters): Query<Parameters>,
    sql: String,
) -> Response {
    answer(&app, &sql, parameters.format).await
}

async fn answer(app: &HttpApp, sql: &str, format: Option<Format>) -> Response {
    let started = Instant::now();
    let format = format.unwrap_or_default();
    let written = write(app, sql, format).await;
    let outcome = match &written {
        Ok(_) => "answered",
        Err(error) => error.name(),
    };
    app.metrics
        .observe(Interface::Http, outcome, started.elapsed());
    match written {
        Ok(text) => ([(header::CONTENT_TYPE, format.content_type())], text).into_response(),
        Err(error) => refuse(&error),
    }
}

async fn write(app: &HttpApp, sql: &str, format: Format) -> Result<Vec<u8>, QueryError> {
    let answer = app.engine.query(sql).await?;
    // A large answer takes a while to write: not on a thread that serves connections.
    let text = tokio::task::spawn_blocking(move || format.write(&answer)).await;
    let text = text.map_err(|error| QueryError::Internal(error.to_string()))?;
    text.map_err(|error| QueryError::Internal(error.to_string()))
}

fn refuse(error: &QueryError) -> Response {
    let status = match error {
        QueryError::TimedOut(_) => StatusCode::GATEWAY_TIMEOUT,
        QueryError::Internal(_) => {
            tracing::error!(error = %error, "query failed");
            StatusCode::INTERNAL_SERVER_ERROR
        }
        QueryError::Refused(_)
        | QueryError::Sql(_)
        | QueryError::TooManyRows(_)
        | QueryError::TooLarge(_) => StatusCode::BAD_REQUEST,
    };
    (status, format!("{error}\n")).into_response()
}
