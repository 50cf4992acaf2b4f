//! `POST /openrtb2/auction`

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use openrtb::BidResponse;
use tokio::time::Instant;

use crate::app::App;
use crate::error::Refusal;
use crate::response::{answer, targeting};
use crate::{auction, request};

/// Holds an auction and answers within its tmax.
pub(crate) async fn auction(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<BidResponse>, Refusal> {
    let arrived = Instant::now();
    let limits = &app.config.auction;
    let read = async {
        let body = request::body::read(body, limits.max_body_bytes, limits.body_timeout).await?;
        request::receive(&app, &body, &headers, arrived).await
    };
    let request = read.await.inspect_err(|_| app.metrics.refused())?;
    let mut held = auction::hold(&app, &request).await;
    targeting::assign(&request, &mut held.bids);
    app.record(&request, &held);
    Ok(Json(answer::write(request, held)))
}
