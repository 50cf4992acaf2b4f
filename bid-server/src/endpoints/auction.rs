//! `POST /openrtb2/auction`

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use tokio::time::Instant;

use super::hold;
use crate::app::App;
use crate::error::Refusal;
use crate::request::client::Peer;
use crate::request::{self, Caller, body};

/// Holds an auction and answers within its tmax.
pub(crate) async fn auction(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let arrived = Instant::now();
    let caller = Caller {
        headers: &headers,
        peer,
        arrived,
    };
    let limits = &app.config.auction;
    let read = async {
        let body = body::read(body, limits.max_body_bytes, limits.body_timeout).await?;
        let place = app.admission.enter().await?;
        Ok((request::receive(app.sources(), &body, caller).await?, place))
    };
    let (request, place) = read
        .await
        .inspect_err(|_: &Refusal| app.metrics.refused())?;
    let answer = hold::answer(&app, "auction", request, place).await?;
    Ok(hold::auction(&answer))
}
