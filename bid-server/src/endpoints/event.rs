//! `GET /event`: a page or a player tells what became of a bid.

use std::borrow::Cow;
use std::sync::Arc;

use ad_events::notice::NoticeRow;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::app::App;
use crate::clock;
use crate::error::Refusal;
use crate::notices::{NoticeKind, Outgoing};
use crate::response::macros::expand_seen;

/// A transparent picture of one pixel.
const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4,
    0x89, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x64, 0x60, 0xf8, 0x5f,
    0x0f, 0x00, 0x02, 0x87, 0x01, 0x80, 0xeb, 0x47, 0xba, 0x92, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45,
    0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// Longest id or name that an event may carry.
const LONGEST: usize = 128;

/// What players can tell.
const VAST_EVENTS: [&str; 6] = [
    "start",
    "firstQuartile",
    "midPoint",
    "thirdQuartile",
    "complete",
    "tracking",
];

/// The query, as written; all of it is text, so that every fault can be named.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Told {
    t: String,
    vtype: String,
    b: String,
    a: String,
    ts: String,
    bidder: String,
    f: String,
    x: String,
    int: String,
    aid: String,
}

/// Notes the event, and sends the notices that wait for it.
pub(crate) async fn event(
    State(app): State<Arc<App>>,
    Query(told): Query<Told>,
) -> Result<Response, Refusal> {
    let event = check(&told).inspect_err(|_| app.metrics.refused())?;
    if let Some(problem) = app.refuse_events(&told.a).await? {
        return Ok((StatusCode::UNAUTHORIZED, format!("{problem}\n")).into_response());
    }
    let picture = told.f == "i";
    app.metrics.notices.event(event);
    if event != "vast" {
        send_waiting(&app, &told.b, event == "imp");
    }
    // x=0 asks that nobody analyses it.
    if told.x != "0" {
        app.tell(&row(event, told));
    }
    if picture {
        return Ok(([(CONTENT_TYPE, "image/png")], PIXEL).into_response());
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn check(told: &Told) -> Result<&'static str, Refusal> {
    let mut faults = Vec::new();
    let event = match told.t.as_str() {
        "win" => "win",
        "imp" => "imp",
        "vast" => "vast",
        _ => {
            faults.push("t: must be imp, win or vast".to_owned());
            ""
        }
    };
    if event == "vast" && !VAST_EVENTS.contains(&told.vtype.as_str()) {
        let names = VAST_EVENTS.join(", ");
        faults.push(format!("vtype: must be one of {names}"));
    }
    if told.b.is_empty() {
        faults.push("b: missing".to_owned());
    }
    for (name, value, allowed) in [("f", &told.f, ["b", "i"]), ("x", &told.x, ["0", "1"])] {
        if !value.is_empty() && !allowed.contains(&value.as_str()) {
            let [one, other] = allowed;
            faults.push(format!("{name}: must be {one} or {other}"));
        }
    }
    if !told.ts.is_empty() && told.ts.parse::<i64>().is_err() {
        faults.push("ts: must be milliseconds since 1970".to_owned());
    }
    for (name, value) in [
        ("b", &told.b),
        ("a", &told.a),
        ("bidder", &told.bidder),
        ("int", &told.int),
        ("aid", &told.aid),
    ] {
        if value.len() > LONGEST {
            faults.push(format!("{name}: longer than {LONGEST} bytes"));
        }
    }
    Refusal::unless_empty(faults)?;
    Ok(event)
}

/// The win and billing notices of the bid, each once.
fn send_waiting(app: &App, bid_id: &str, seen: bool) {
    let Some((subject, notices)) = app.notices.pending.take(bid_id, seen) else {
        return;
    };
    for (kind, url) in notices {
        let url = match kind {
            NoticeKind::Burl => expand_seen(&url, clock::now_ms()),
            NoticeKind::Nurl | NoticeKind::Lurl | NoticeKind::Timeout => url,
        };
        let subject = subject.clone();
        app.notices.send(Outgoing {
            kind,
            url,
            body: None,
            subject,
        });
    }
}

fn row(event: &str, told: Told) -> NoticeRow<'_> {
    let text = |text: String| Some(text.into()).filter(|text: &Cow<'_, str>| !text.is_empty());
    NoticeRow {
        started_at: clock::now_ms(),
        notice: event.into(),
        vast_event: text(told.vtype).filter(|_| event == "vast"),
        auction_id: text(told.aid),
        bid_id: text(told.b),
        bidder: text(told.bidder),
        account: text(told.a),
        auctioned_at: told.ts.parse().ok(),
        integration: text(told.int),
        outcome: "received".into(),
        status: None,
    }
}
