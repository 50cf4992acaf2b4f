//! All routes of the simulator.

use axum::Json;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde::{Deserialize, Serialize};
use tower_http::cors::CorsLayer;

use crate::bid_endpoint;
use crate::fault::Fault;
use crate::ssp::{Ssp, Ssps};

/// A transparent GIF of one pixel, as win notices are often fetched as images.
const PIXEL: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\0\0\0!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// The routes; pages may call them too, so CORS lets everybody in.
pub fn router(ssps: Ssps) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/{code}/openrtb2/bid", post(bid_endpoint::bid))
        .route("/{code}/fault", put(set_fault).get(show_fault))
        .route("/{code}/calls", get(calls).delete(forget_calls))
        .route("/{code}/win", get(win))
        .layer(CorsLayer::very_permissive())
        .with_state(ssps)
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultBody {
    fault: Fault,
}

async fn index(State(ssps): State<Ssps>) -> Response {
    Json(serde_json::json!({ "ssps": ssps.codes() })).into_response()
}

async fn set_fault(
    State(ssps): State<Ssps>,
    Path(code): Path<String>,
    Json(body): Json<FaultBody>,
) -> Response {
    on(&ssps, &code, |ssp| {
        ssp.set_fault(body.fault);
        StatusCode::NO_CONTENT.into_response()
    })
}

async fn show_fault(State(ssps): State<Ssps>, Path(code): Path<String>) -> Response {
    on(&ssps, &code, |ssp| {
        Json(FaultBody { fault: ssp.fault() }).into_response()
    })
}

async fn calls(State(ssps): State<Ssps>, Path(code): Path<String>) -> Response {
    on(&ssps, &code, |ssp| match ssp.calls_json() {
        Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    })
}

async fn forget_calls(State(ssps): State<Ssps>, Path(code): Path<String>) -> Response {
    on(&ssps, &code, |ssp| {
        ssp.forget_calls();
        StatusCode::NO_CONTENT.into_response()
    })
}

async fn win(
    State(ssps): State<Ssps>,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    on(&ssps, &code, |ssp| {
        ssp.record_win(query.as_deref().unwrap_or_default());
        ([(header::CONTENT_TYPE, "image/gif")], PIXEL).into_response()
    })
}

fn on(ssps: &Ssps, code: &str, act: impl FnOnce(&Ssp) -> Response) -> Response {
    ssps.get(code).map_or_else(
        || (StatusCode::NOT_FOUND, "no such ssp\n").into_response(),
        act,
    )
}
