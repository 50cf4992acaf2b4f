//! `GET /openrtb2/auction`: a stored request, changed by what the URL says.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use tokio::time::Instant;

use super::hold;
use crate::app::App;
use crate::error::Refusal;
use crate::request::client::Peer;
use crate::request::query::Query;
use crate::request::{self, Caller};

/// Holds an auction for whoever cannot post one: a preload, an image of a mail, a simple player.
pub(crate) async fn auction(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refusal> {
    let caller = Caller {
        headers: &headers,
        peer,
        arrived: Instant::now(),
    };
    let query = Query::parse(uri.query());
    let read = async {
        let stored = query
            .text(&["srid", "tag_id"])
            .ok_or_else(|| Refusal::fault("query.srid: missing"))?;
        let place = app.admission.enter().await?;
        let parsed = request::resolve(app.sources(), query.request(stored), caller.arrived).await?;
        let request = request::finish(app.sources(), query.lay_over(parsed), caller).await?;
        Ok((request, place))
    };
    let (request, place) = read
        .await
        .inspect_err(|_: &Refusal| app.metrics.refused())?;
    let answer = hold::answer(&app, "auction_get", request, place).await?;
    Ok(hold::auction(&answer))
}
