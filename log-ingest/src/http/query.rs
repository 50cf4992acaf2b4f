//! `POST /query` with the SQL as body, or `GET /query?q=`; `format` says how the answer is written.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

use super::HttpApp;
use crate::query::QueryError;
use crate::query::format::Format;
use crate::query::metrics::Interface;
use crate::query::outcome::QueryOutcome;

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
    let answer = app.workers.query(sql, format).await;
    let outcome = match &answer {
        Ok(_) => QueryOutcome::Answered,
        Err(error) => error.outcome(),
    };
    app.metrics
        .observe(Interface::Http, outcome, started.elapsed());
    match answer {
        Ok(answer) => {
            let headers = [
                (header::CONTENT_TYPE, format.content_type().to_owned()),
                (header::CONTENT_LENGTH, answer.length().to_string()),
            ];
            (headers, Body::from_stream(answer.bytes())).into_response()
        }
        Err(error) => refuse(&error),
    }
}

fn refuse(error: &QueryError) -> Response {
    let status = match error {
        QueryError::TimedOut(_) => StatusCode::GATEWAY_TIMEOUT,
        QueryError::Internal(_) | QueryError::BadFile(_) => StatusCode::INTERNAL_SERVER_ERROR,
        QueryError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        QueryError::Refused(_)
        | QueryError::Sql(_)
        | QueryError::TooComplex(_)
        | QueryError::Cancelled
        | QueryError::TooManyRows(_)
        | QueryError::TooLarge(_) => StatusCode::BAD_REQUEST,
    };
    if status.is_server_error() {
        tracing::error!(error = %error, "query failed");
    }
    let state = [(SQL_STATE, error.sql_state())];
    (status, state, format!("{error}\n")).into_response()
}

/// The state that Postgres gives such a fault, for programs.
const SQL_STATE: HeaderName = HeaderName::from_static("x-sqlstate");
