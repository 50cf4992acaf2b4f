//! `POST /openrtb2/auction`

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::held;
use crate::http::app::App;
use crate::request::Refusal;
use crate::request::client::{Arrived, Peer};
use crate::request::{Caller, body};

/// Holds an auction and answers within its tmax.
pub(crate) async fn auction(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Extension(Arrived(arrived)): Extension<Arrived>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let caller = Caller {
        headers: &headers,
        peer,
        arrived,
    };
    let limits = &app.pipeline.config.auction;
    let read = async {
        let body = body::read(body, limits.max_body_bytes, limits.body_timeout).await?;
        let admitted = app.admission.enter().await?;
        Ok((app.pipeline.read(&body, caller).await?, admitted))
    };
    let (request, admitted) = read
        .await
        .inspect_err(|refusal| held::count(&app, refusal))?;
    let answer = held::answer(&app, "auction", request, admitted).await?;
    Ok(held::auction(&answer))
}
