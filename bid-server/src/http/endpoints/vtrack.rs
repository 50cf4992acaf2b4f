//! `POST /vtrack`: stores other servers' VAST, with our impression added.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::cache::{cap, keep};
use crate::http::app::App;
use crate::request;
use crate::request::Refusal;
use crate::settle::creative_cache::Put;
use crate::settle::creative_cache::put::WirePut;
use crate::settle::events::{Event, EventAddress, vast};
use crate::settle::may_write_into_vast;

/// The account, and the integration.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct VtrackQuery {
    a: String,
    int: String,
}

#[derive(Debug, Deserialize)]
struct Puts {
    #[serde(default)]
    puts: Vec<Tracked>,
}

/// A put, and the bid that it belongs to.
#[derive(Debug, Deserialize)]
struct Tracked {
    #[serde(default)]
    bidid: String,
    #[serde(default)]
    bidder: String,
    #[serde(default)]
    timestamp: i64,
    #[serde(flatten)]
    put: WirePut,
}

/// Adds our impression to each VAST whose bidder allows it, and answers with the ids.
pub(crate) async fn vtrack(
    State(app): State<Arc<App>>,
    Query(query): Query<VtrackQuery>,
    body: Body,
) -> Result<Response, Refusal> {
    if query.a.is_empty() {
        let fault = Refusal::fault("a: the account is missing");
        return Err(fault).inspect_err(|_| app.metrics.refused());
    }
    if let Some(problem) = app.refuse_events(&query.a).await? {
        return Ok((StatusCode::UNAUTHORIZED, format!("{problem}\n")).into_response());
    }
    let puts = read(&app, &query, body).await;
    let puts = puts.inspect_err(|_| app.metrics.refused())?;
    Ok(keep(&app, puts).await)
}

async fn read(app: &App, query: &VtrackQuery, body: Body) -> Result<Vec<Put>, Refusal> {
    let config = &app.pipeline.config.cache;
    let limit = app.pipeline.config.auction.body_timeout;
    let body = request::body::read(body, cap(config), limit).await?;
    let puts: Puts = serde_json::from_slice(&body)
        .map_err(|error| Refusal::fault(format!("not a list of puts: {error}")))?;
    if puts.puts.len() > config.max_puts {
        let most = config.max_puts;
        return Err(Refusal::fault(format!("puts: more than {most}")));
    }
    let mut faults = Vec::new();
    let mut checked = Vec::new();
    for (index, put) in puts.puts.into_iter().enumerate() {
        match one(app, query, &format!("puts[{index}]"), put) {
            Ok(put) => checked.push(put),
            Err(fault) => faults.push(fault),
        }
    }
    Refusal::unless_empty(faults)?;
    Ok(checked)
}

fn one(app: &App, query: &VtrackQuery, path: &str, tracked: Tracked) -> Result<Put, String> {
    let Tracked {
        bidid,
        bidder,
        timestamp,
        mut put,
    } = tracked;
    for (name, value) in [("bidid", &bidid), ("bidder", &bidder)] {
        if value.is_empty() {
            return Err(format!("{path}.{name}: missing"));
        }
    }
    if put.kind != "xml" {
        return Err(format!("{path}.type: must be xml"));
    }
    let address = EventAddress {
        bid_id: &bidid,
        account: &query.a,
        bidder: &bidder,
        auction_id: "",
        auctioned_at: timestamp,
        integration: Some(query.int.as_str()).filter(|int| !int.is_empty()),
    };
    let text = put.value.as_ref().and_then(|value| value.as_str());
    let written = text
        .filter(|_| may_write_into_vast(&app.pipeline.registry, &bidder))
        .and_then(|text| {
            vast::with_impression(text, &address.url(Event::Imp, &app.pipeline.public_url))
        });
    if let Some(written) = written {
        put.value = Some(written.into());
    }
    put.check(path, &app.pipeline.config.cache)
}
