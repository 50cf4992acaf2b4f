//! `GET /openrtb2/auction`: a stored request, changed by the parameters of the URL.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use super::held;
use crate::http::app::App;
use crate::request::Refusal;
use crate::request::client::{Arrived, Peer};
use crate::request::query::Query;
use crate::request::{self, Caller};

/// Holds an auction for clients that cannot post one: a preload, an image in an email, a simple player.
pub(crate) async fn auction(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Extension(Arrived(arrived)): Extension<Arrived>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refusal> {
    let caller = Caller {
        headers: &headers,
        peer,
        arrived,
    };
    let query = Query::parse(uri.query());
    let read = async {
        let stored = query
            .text(&["srid", "tag_id"])
            .ok_or_else(|| Refusal::fault("query.srid: missing"))?;
        let admitted = app.admission.enter().await?;
        let parsed = request::resolve(
            app.pipeline.sources(),
            query.request(stored),
            caller.arrived,
        )
        .await?;
        let request =
            request::finish(app.pipeline.sources(), query.lay_over(parsed), caller).await?;
        Ok((request, admitted))
    };
    let (request, admitted) = read
        .await
        .inspect_err(|refusal| held::count(&app, refusal))?;
    let answer = held::answer(&app, "auction_get", request, admitted).await?;
    Ok(held::auction(&answer))
}
