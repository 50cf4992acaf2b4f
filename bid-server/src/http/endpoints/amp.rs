//! `GET /openrtb2/amp`: an auction for one slot of an AMP page, answered with its key-values.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    ORIGIN,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use openrtb::ext::ResponseExt;
use serde::Serialize;

use super::held;
use crate::http::app::App;
use crate::request::Refusal;
use crate::request::client::{Arrived, Peer};
use crate::request::query::Query;
use crate::request::{self, Caller, amp};
use crate::response::wire;

const SOURCE_ORIGIN: HeaderName = HeaderName::from_static("amp-access-control-allow-source-origin");

/// Approximate bytes of an answer.
const USUAL_ANSWER: usize = 1024;

/// The answer that an AMP page reads.
#[derive(Debug, Serialize)]
struct AmpAnswer {
    /// The key-values of all bids, for the ad server.
    targeting: BTreeMap<String, String>,
    ortb2: Ortb2,
}

/// Everything else about the auction.
#[derive(Debug, Serialize)]
struct Ortb2 {
    #[serde(skip_serializing_if = "Option::is_none")]
    ext: Option<ResponseExt>,
}

/// Holds the auction; answers and refusals carry the headers that AMP requires.
pub(crate) async fn amp(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Extension(Arrived(arrived)): Extension<Arrived>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let caller = Caller {
        headers: &headers,
        peer,
        arrived,
    };
    let query = Query::parse(uri.query());
    let mut response = match held(&app, &query, caller).await {
        Ok(answer) => held::json(&answer, USUAL_ANSWER),
        Err(refusal) => {
            held::count(&app, &refusal);
            refusal.into_response()
        }
    };
    let source = query.text(&["__amp_source_origin"]);
    allow_source(response.headers_mut(), source, headers.get(ORIGIN));
    response
}

async fn held(app: &Arc<App>, query: &Query, caller: Caller<'_>) -> Result<AmpAnswer, Refusal> {
    let stored = query
        .text(&["tag_id"])
        .ok_or_else(|| Refusal::fault("query.tag_id: missing"))?;
    let admitted = app.admission.enter().await?;
    let parsed = request::resolve(
        app.pipeline.sources(),
        query.request(stored),
        caller.arrived,
    )
    .await?;
    let parsed = amp::complete(query, parsed);
    let request = request::finish(app.pipeline.sources(), parsed, caller).await?;
    let response = held::answer(app, "amp", request, admitted).await?;
    Ok(answer(response))
}

fn answer(response: wire::Answer) -> AmpAnswer {
    let bids = response.seatbid.into_iter().flat_map(|seat| seat.bid);
    let targeting = bids.filter_map(|bid| Some(bid.ext?.prebid.targeting));
    let targeting = targeting.flatten().collect();
    AmpAnswer {
        targeting,
        ortb2: Ortb2 { ext: response.ext },
    }
}

/// Allows the page's own origin, which differs from `Origin` if a cache serves the page.
fn allow_source(headers: &mut HeaderMap, source: Option<&str>, origin: Option<&HeaderValue>) {
    let source = source.and_then(|source| HeaderValue::from_str(source).ok());
    let Some(source) = source.or_else(|| origin.cloned()) else {
        return;
    };
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, source.clone());
    headers.insert(
        ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("AMP-Access-Control-Allow-Source-Origin"),
    );
    headers.insert(SOURCE_ORIGIN, source);
}
