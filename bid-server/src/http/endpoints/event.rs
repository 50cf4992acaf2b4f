//! `GET /event`: a page or a player reports what became of a bid.

use std::borrow::Cow;
use std::sync::Arc;

use ad_events::notice::NoticeRow;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::clock;
use crate::http::app::App;
use crate::request::Refusal;
use crate::settle::bid_notices::{BidNotice, NoticeKind, NoticeLog};
use crate::settle::events::Event;
use crate::settle::macros::expand_impression_time;

/// A transparent image of one pixel.
const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4,
    0x89, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x64, 0x60, 0xf8, 0x5f,
    0x0f, 0x00, 0x02, 0x87, 0x01, 0x80, 0xeb, 0x47, 0xba, 0x92, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45,
    0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// The longest id or name in an event.
const LONGEST: usize = 128;

/// What players can report.
const VAST_EVENTS: [&str; 6] = [
    "start",
    "firstQuartile",
    "midPoint",
    "thirdQuartile",
    "complete",
    "tracking",
];

/// The query as written; all of it is text, so that every fault can be named.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct EventQuery {
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

/// Records the event, and sends the notices that wait for it.
pub(crate) async fn event(
    State(app): State<Arc<App>>,
    Query(query): Query<EventQuery>,
) -> Result<Response, Refusal> {
    let event = check(&query).inspect_err(|_| app.metrics.refused())?;
    if let Some(problem) = app.refuse_events(&query.a).await? {
        return Ok((StatusCode::UNAUTHORIZED, format!("{problem}\n")).into_response());
    }
    let picture = query.f == "i";
    app.pipeline.notice_metrics.event(event);
    if event != Event::Vast {
        send_waiting(&app, &query.b, event == Event::Imp);
    }
    // x=0 asks that the event is not analysed.
    let rows = app.pipeline.rows.as_ref();
    if let Some(rows) = rows.filter(|_| query.x != "0") {
        NoticeLog::push(rows.as_ref(), &row(event, query));
    }
    if picture {
        return Ok(([(CONTENT_TYPE, "image/png")], PIXEL).into_response());
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn check(query: &EventQuery) -> Result<Event, Refusal> {
    let mut faults = Vec::new();
    let event = Event::from_name(&query.t);
    if event.is_none() {
        faults.push("t: must be imp, win or vast".to_owned());
    }
    if event == Some(Event::Vast) && !VAST_EVENTS.contains(&query.vtype.as_str()) {
        let names = VAST_EVENTS.join(", ");
        faults.push(format!("vtype: must be one of {names}"));
    }
    if query.b.is_empty() {
        faults.push("b: missing".to_owned());
    }
    for (name, value, allowed) in [("f", &query.f, ["b", "i"]), ("x", &query.x, ["0", "1"])] {
        if !value.is_empty() && !allowed.contains(&value.as_str()) {
            let [one, other] = allowed;
            faults.push(format!("{name}: must be {one} or {other}"));
        }
    }
    if !query.ts.is_empty() && query.ts.parse::<i64>().is_err() {
        faults.push("ts: must be milliseconds since 1970".to_owned());
    }
    for (name, value) in [
        ("b", &query.b),
        ("a", &query.a),
        ("bidder", &query.bidder),
        ("int", &query.int),
        ("aid", &query.aid),
    ] {
        if value.len() > LONGEST {
            faults.push(format!("{name}: longer than {LONGEST} bytes"));
        }
    }
    match event {
        Some(event) if faults.is_empty() => Ok(event),
        _ => Err(Refusal::faults(faults)),
    }
}

/// Sends the bid's win and billing notices, each of them once.
fn send_waiting(app: &App, bid_id: &str, has_impression: bool) {
    let Some((subject, notices)) = app.pipeline.notices.pending.take(bid_id, has_impression) else {
        return;
    };
    for (kind, url) in notices {
        let url = match kind {
            NoticeKind::Burl => expand_impression_time(&url, clock::now_ms()),
            NoticeKind::Nurl | NoticeKind::Lurl | NoticeKind::Timeout => url,
        };
        let subject = subject.clone();
        app.pipeline.notices.send(BidNotice {
            kind,
            url,
            body: None,
            subject,
        });
    }
}

fn row(event: Event, query: EventQuery) -> NoticeRow<'static> {
    let text = |text: String| Some(text.into()).filter(|text: &Cow<'static, str>| !text.is_empty());
    NoticeRow {
        started_at: clock::now_ms(),
        notice: event.name().into(),
        vast_event: text(query.vtype).filter(|_| event == Event::Vast),
        auction_id: text(query.aid),
        bid_id: text(query.b),
        bidder: text(query.bidder),
        account: text(query.a),
        auctioned_at: query.ts.parse().ok(),
        integration: text(query.int),
        outcome: "received".into(),
        status: None,
    }
}
