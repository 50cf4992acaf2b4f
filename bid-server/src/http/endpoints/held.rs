//! What all endpoints that hold auctions have in common.

use std::panic::resume_unwind;
use std::sync::Arc;

use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use openrtb::JsonText;
use openrtb::exact;
use serde::Serialize;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::http::admission::Admitted;
use crate::http::app::App;
use crate::request::{AuctionRequest, Refusal};
use crate::response::wire::Answer;

/// Holds the auction to its end, even if the client goes away; `endpoint` is counted.
pub(super) async fn answer(
    app: &Arc<App>,
    endpoint: &'static str,
    request: AuctionRequest,
    admitted: Admitted,
) -> Result<Answer, Refusal> {
    app.metrics.held_at(endpoint);
    // A separate task, which goes on when the client has gone, so that the auction leaves its rows.
    let gone = CancellationToken::new();
    let (sender, answer) = oneshot::channel();
    let task = {
        let (app, gone) = (Arc::clone(app), gone.clone());
        async move {
            let send = |answer| {
                drop(admitted);
                // If there is no receiver, the client has gone.
                drop(sender.send(answer));
            };
            app.pipeline.run(request, &gone, send).await;
        }
    };
    let guard = gone.drop_guard();
    let task = app.auctions.spawn(task);
    let answer = answer.await;
    guard.disarm();
    match answer {
        Ok(answer) => Ok(answer),
        Err(_) => match task.await.map_err(tokio::task::JoinError::try_into_panic) {
            Err(Ok(panic)) => resume_unwind(panic),
            // These tasks are stopped only when the process ends.
            Ok(()) | Err(Err(_)) => Err(Refusal::Overloaded),
        },
    }
}

/// Counts a request that did not become an auction.
pub(super) fn count(app: &App, refusal: &Refusal) {
    match refusal {
        Refusal::Overloaded => app.metrics.shed(),
        _ => app.metrics.refused(),
    }
}

/// The answer to an auction.
pub(super) fn auction(answer: &Answer) -> Response {
    const USUAL_BID: usize = 1024;
    let bids = answer.bids();
    let sizes = bids.map(|(_, bid)| bid.adm.as_ref().map_or(0, JsonText::size) + USUAL_BID);
    json(answer, USUAL_BID + sizes.sum::<usize>())
}

/// An answer of about this size as JSON, with all digits of the numbers that were passed through.
pub(super) fn json(answer: &impl Serialize, size: usize) -> Response {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    let mut body = Vec::with_capacity(size);
    // Wire types and values have only string keys, so writing them into memory cannot fail.
    if serde_json::to_writer(&mut body, answer).is_err() {
        body = b"{}".to_vec();
    }
    ([(CONTENT_TYPE, JSON)], exact::restore_owned(body)).into_response()
}
