//! From a checked request to its answer, for all endpoints that hold auctions.

use std::panic::resume_unwind;
use std::sync::Arc;

use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use openrtb::JsonText;
use openrtb::exact;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::admission::Place;
use crate::app::App;
use crate::auction;
use crate::error::Refusal;
use crate::request::AuctionRequest;
use crate::response::answer;
use crate::response::wire::Answer;
use crate::response::{prepare, targeting};

/// Holds the auction to its end, even when the client goes away; `endpoint` is counted.
pub(super) async fn answer(
    app: &Arc<App>,
    endpoint: &'static str,
    request: AuctionRequest,
    place: Place,
) -> Result<Answer, Refusal> {
    app.metrics.held_at(endpoint);
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
) -> Answer {
    let mut held = auction::hold(app.resources(), &request, &gone).await;
    prepare::late(&app, &request, &mut held);
    // Nobody would see, keep or hear of anything.
    if !gone.is_cancelled() {
        prepare::prepare(&app, &request, &mut held).await;
    }
    targeting::assign(&request, &mut held.bids);
    app.record(&request, &held);
    drop(place);
    answer::write(&app, request, held)
}

/// The answer to an auction.
pub(super) fn auction(answer: &Answer) -> Response {
    const USUAL_BID: usize = 1024;
    let bids = answer.bids();
    let sizes = bids.map(|(_, bid)| bid.adm.as_ref().map_or(0, JsonText::size) + USUAL_BID);
    json(answer, USUAL_BID + sizes.sum::<usize>())
}

/// An answer of about that size as JSON, with all digits of the numbers that were passed through.
pub(super) fn json(answer: &impl Serialize, size: usize) -> Response {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    let mut body = Vec::with_capacity(size);
    // Wire types and values have string keys only, so writing them into memory cannot fail.
    if serde_json::to_writer(&mut body, answer).is_err() {
        body = b"{}".to_vec();
    }
    ([(CONTENT_TYPE, JSON)], exact::restore_owned(body)).into_response()
}
