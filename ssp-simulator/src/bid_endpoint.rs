//! `POST /{code}/openrtb2/bid`: record, think, answer; unless a fault is on.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::answer::{Answer, answer, bid_response};
use crate::calls::Call;
use crate::connection::Connection;
use crate::fault::{self, Fault};
use crate::ssp::{Ssp, Ssps};

/// Answers one bid request.
pub async fn bid(
    State(ssps): State<Ssps>,
    Path(code): Path<String>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    body: Bytes,
) -> Response {
    let Some(ssp) = ssps.get(&code) else {
        return (StatusCode::NOT_FOUND, "no such ssp\n").into_response();
    };
    let request = match read(&body) {
        Ok(request) => request,
        Err(problem) => return (StatusCode::BAD_REQUEST, problem).into_response(),
    };
    let fault = ssp.fault();
    let answer = answer(&ssp.config, &ssp.win_url, fault, &request);
    let request_id = request["id"].as_str().unwrap_or_default().to_owned();
    ssp.record(Call {
        number: 0,
        request_id: request_id.clone(),
        fault,
        latency_ms: answer.latency_ms,
        bids: answer.bids.len(),
        request,
    });
    tokio::time::sleep(Duration::from_millis(answer.latency_ms)).await;
    respond(ssp, fault, &connection, &request_id, &answer).await
}

fn read(body: &[u8]) -> Result<Value, String> {
    let request: Value =
        serde_json::from_slice(body).map_err(|error| format!("not json: {error}\n"))?;
    if request["id"].as_str().unwrap_or_default().is_empty() {
        return Err("no request id\n".to_owned());
    }
    if request["imp"].as_array().is_none_or(Vec::is_empty) {
        return Err("no imp\n".to_owned());
    }
    Ok(request)
}

async fn respond(
    ssp: &Ssp,
    fault: Fault,
    connection: &Connection,
    request_id: &str,
    answer: &Answer,
) -> Response {
    match fault {
        Fault::None | Fault::BelowFloor | Fault::WrongImpid => {
            if answer.bids.is_empty() {
                return StatusCode::NO_CONTENT.into_response();
            }
            Json(bid_response(&ssp.config, request_id, &answer.bids)).into_response()
        }
        Fault::Hang => std::future::pending().await,
        Fault::Reset => {
            connection.reset();
            StatusCode::NO_CONTENT.into_response()
        }
        Fault::Http500 => {
            (StatusCode::INTERNAL_SERVER_ERROR, "simulated failure\n").into_response()
        }
        Fault::MalformedJson => as_json(r#"{"id":"x","seatbid":[{"bid":[{"impid":"#),
        Fault::OversizedBody => as_json(fault::oversized()),
        Fault::SlowDrip => as_json(fault::slow_drip()),
    }
}

fn as_json(body: impl Into<axum::body::Body>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (headers, body.into()).into_response()
}
