//! `GET /info/bidders`, `/info/bidders/{name}` and `/bidders/params`: what is known about bidders.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use openrtb::MediaType;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bidder_names;
use crate::bidders::info::{BidderInfo, Capabilities};
use crate::http::app::App;
use crate::request::Refusal;

/// Which bidders to list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    enabledonly: Option<String>,
    baseadaptersonly: Option<String>,
}

/// The codes, sorted.
pub(crate) async fn bidders(
    State(app): State<Arc<App>>,
    Query(which): Query<Which>,
) -> Result<Json<Vec<String>>, Refusal> {
    let mut faults = Vec::new();
    let enabled_only = flag("enabledonly", which.enabledonly.as_deref(), &mut faults);
    let base_only = flag(
        "baseadaptersonly",
        which.baseadaptersonly.as_deref(),
        &mut faults,
    );
    Refusal::unless_empty(faults).inspect_err(|_| app.metrics.refused())?;
    let infos = app.pipeline.registry.infos();
    let wanted = infos
        .filter(|info| info.enabled || !enabled_only)
        .filter(|info| info.alias_of.is_none() || !base_only);
    Ok(Json(wanted.map(|info| info.code.clone()).collect()))
}

/// Left out means no; anything but true and false is a fault.
fn flag(name: &str, value: Option<&str>, faults: &mut Vec<String>) -> bool {
    match value.map(str::to_ascii_lowercase).as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            faults.push(format!("{name}: must be true or false"));
            false
        }
    }
}

/// One bidder, or `all` of them by code.
pub(crate) async fn bidder(State(app): State<Arc<App>>, Path(name): Path<String>) -> Response {
    if name == "all" {
        let infos = app.pipeline.registry.infos();
        let all: BTreeMap<String, Value> = infos
            .map(|info| (info.code.clone(), detail(info)))
            .collect();
        return Json(all).into_response();
    }
    let mut infos = app.pipeline.registry.infos();
    match infos.find(|info| bidder_names::same(&info.code, &name)) {
        Some(info) => Json(detail(info)).into_response(),
        None => (StatusCode::NOT_FOUND, "unknown bidder\n").into_response(),
    }
}

/// The JSON Schemas of the params, by code.
pub(crate) async fn params(State(app): State<Arc<App>>) -> Json<BTreeMap<String, Value>> {
    // A bidder without a schema accepts any object.
    let schema = |info: &BidderInfo| {
        let schema = info.params_schema.clone();
        schema.unwrap_or_else(|| json!({"type": "object"}))
    };
    let infos = app.pipeline.registry.infos();
    Json(
        infos
            .map(|info| (info.code.clone(), schema(info)))
            .collect(),
    )
}

fn detail(info: &BidderInfo) -> Value {
    let mut detail = json!({"status": if info.enabled { "ACTIVE" } else { "DISABLED" }});
    let Some(members) = detail.as_object_mut() else {
        return detail;
    };
    members.insert("usesHttps".to_owned(), Value::from(info.uses_https));
    if let Some(maintainer) = &info.maintainer {
        members.insert("maintainer".to_owned(), json!({"email": maintainer}));
    }
    if let Some(capabilities) = &info.capabilities {
        members.insert("capabilities".to_owned(), channels(capabilities));
    }
    if let Some(alias_of) = &info.alias_of {
        members.insert("aliasOf".to_owned(), Value::from(alias_of.as_str()));
    }
    if let Some(gvl_id) = info.gvl_id {
        members.insert("gvlVendorID".to_owned(), Value::from(gvl_id));
    }
    detail
}

/// Channels in which nothing is bought are left out.
fn channels(capabilities: &Capabilities) -> Value {
    let all = [
        ("site", &capabilities.site),
        ("app", &capabilities.app),
        ("dooh", &capabilities.dooh),
    ];
    let bought = all.into_iter().filter(|(_, types)| !types.is_empty());
    let channel = |(name, types): (&str, &Vec<MediaType>)| {
        let names: Vec<&str> = types.iter().map(|media_type| media_type.name()).collect();
        (name.to_owned(), json!({"mediaTypes": names}))
    };
    Value::Object(bought.map(channel).collect())
}
