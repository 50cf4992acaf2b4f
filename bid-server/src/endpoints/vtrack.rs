//! `POST /vtrack`: keeps VAST of others, with our impression in it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::cache::{cap, keep};
use crate::app::App;
use crate::creative_cache::Put;
use crate::creative_cache::put::WirePut;
use crate::error::Refusal;
use crate::events::{About, Event, vast};
use crate::request;
use crate::response::prepare::may_write;

/// Whose they are.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Whose {
    a: String,
    int: String,
}

#[derive(Debug, Deserialize)]
struct Puts {
    #[serde(default)]
    puts: Vec<Tracked>,
}

/// A put with the bid that it belongs to.
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

/// Writes our impression into each VAST whose bidder allows it, and answers with the ids.
pub(crate) async fn vtrack(
    State(app): State<Arc<App>>,
    Query(whose): Query<Whose>,
    body: Body,
) -> Result<Response, Refusal> {
    if whose.a.is_empty() {
        let fault = Refusal::fault("a: the account is missing");
        return Err(fault).inspect_err(|_| app.metrics.refused());
    }
    if let Some(problem) = app.refuse_events(&whose.a).await? {
        return Ok((StatusCode::UNAUTHORIZED, format!("{problem}\n")).into_response());
    }
    let puts = read(&app, &whose, body).await;
    let puts = puts.inspect_err(|_| app.metrics.refused())?;
    Ok(keep(&app, puts).await)
}

async fn read(app: &App, whose: &Whose, body: Body) -> Result<Vec<Put>, Refusal> {
    let config = &app.config.cache;
    let limit = app.config.auction.body_timeout;
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
        match one(app, whose, &format!("puts[{index}]"), put) {
            Ok(put) => checked.push(put),
            Err(fault) => faults.push(fault),
        }
    }
    Refusal::unless_empty(faults)?;
    Ok(checked)
}

fn one(app: &App, whose: &Whose, path: &str, tracked: Tracked) -> Result<Put, String> {
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
    let about = About {
        bid_id: &bidid,
        account: &whose.a,
        bidder: &bidder,
        auction_id: "",
        auctioned_at: timestamp,
        integration: Some(whose.int.as_str()).filter(|int| !int.is_empty()),
    };
    let text = put.value.as_ref().and_then(|value| value.as_str());
    let written = text
        .filter(|_| may_write(app, &bidder))
        .and_then(|text| vast::with_impression(text, &about.url(Event::Imp, &app.public_url)));
    if let Some(written) = written {
        put.value = Some(written.into());
    }
    put.check(path, &app.config.cache)
}
