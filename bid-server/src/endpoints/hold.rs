//! From a checked request to its answer, for all endpoints that hold auctions.

use std::panic::resume_unwind;
use std::sync::Arc;

use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use openrtb::{BidResponse, exact};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::admission::Place;
use crate::app::App;
use crate::auction;
use crate::error::Refusal;
use crate::request::AuctionRequest;
use crate::response::{answer, prepare, targeting};

/// Holds the auction to its end, even when the client goes away.
pub(super) async fn answer(
    app: &Arc<App>,
    request: AuctionRequest,
    place: Place,
) -> Result<BidResponse, Refusal> {
    // A task of its own, which goes on when the client has gone, so that the auction leaves its rows.
    let gone = CancellationToken::new();
    let held = hold(Arc::clone(app), request, place, gone.clone());
    let guard = gone.drop_guard();
    let held = app.auctions.spawn(held).await;
    guard.disarm();
    match held {
        Ok(response) => Ok(response),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // Only the end of the process stops these tasks.
            Err(_) => Err(Refusal::Overloaded),
        },
    }
}

async fn hold(
    app: Arc<App>,
    request: AuctionRequest,
    place: Place,
    gone: CancellationToken,
) -> BidResponse {
    let mut held = auction::hold(app.resources(), &request, &gone).await;
    // Nobody would see, keep or hear of anything.
    if !gone.is_cancelled() {
        prepare::prepare(&app, &request, &mut held).await;
    }
    targeting::assign(&request, &mut held.bids);
    app.record(&request, &held);
    drop(place);
    answer::write(&app, request, held)
}

/// An answer as JSON, with all digits of the numbers that were passed through.
pub(super) fn json(answer: &impl Serialize) -> Response {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    // Wire types and values have string keys only, so writing them into memory cannot fail.
    let body = serde_json::to_vec(answer).unwrap_or_else(|_| b"{}".to_vec());
    ([(CONTENT_TYPE, JSON)], exact::restore_owned(body)).into_response()
}
