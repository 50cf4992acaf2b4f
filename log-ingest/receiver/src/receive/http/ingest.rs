//! One request with events: who sends, body, check, buffer, answer.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::json;

use super::body::{Coding, read_body};
use super::check::{CheckedBody, check};
use super::client_address::{Peer, client_of, is_local_program, shortened};
use super::content::Content;
use super::origin::{admit, origin_of, preflight};
use super::refusal::{BodyError, MAX_TAG_BYTES, Refusal};
use super::state::HttpState;
use crate::buffer::{AppendError, ChunkKey, HttpHead, Payload};
use crate::clock::now_micros;
use crate::items::TextPosition;
use crate::receive::labels::Input;
use crate::receive::memory::Held;
use crate::receive::tally::Rejected;

/// Bodies from this size on, and compressed ones, are worked on by a thread that may take its time.
const LARGE_BODY: usize = 128 << 10;
/// A client that sends a body again with the same value under this name has it stored once.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// `POST /<tag>`: 204 once all events of the body are durable; 202 if not all of it was events.
pub(super) async fn ingest(
    State(state): State<Arc<HttpState>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
) -> Response {
    let uri = request.uri().clone();
    let origin = origin_of(request.headers(), &state.config.origins);
    let (outcome, origin) = match origin {
        Ok(origin) => (answer(&state, peer, request).await, origin),
        Err(refusal) => (Err(refusal), None),
    };
    let mut response = outcome.unwrap_or_else(|refusal| {
        let (status, reason) = refusal.status_and_reason();
        let rejected = Rejected {
            tag: tag_of(&uri).ok(),
            events: refusal.events(),
        };
        state.metrics.refused(Input::Http, reason, &rejected);
        // Anybody on the internet can send nonsense, so only the client hears what it did wrong.
        tracing::debug!(status = status.as_u16(), reason = %refusal, "request refused");
        refusal.into_response()
    });
    admit(&mut response, origin);
    response
}

async fn answer(state: &HttpState, peer: Peer, request: Request) -> Result<Response, Refusal> {
    match *request.method() {
        Method::OPTIONS => preflight(request.headers()),
        Method::POST => store(state, peer, request).await,
        _ => Err(Refusal::Method),
    }
}

async fn store(state: &HttpState, peer: Peer, request: Request) -> Result<Response, Refusal> {
    let received_at_us = now_micros();
    let config = &state.config;
    let (parts, body) = request.into_parts();
    let headers = &parts.headers;
    let client = client_of(peer.address, headers, &config.trusted_proxies);
    if let Some(limiter) = &state.limiter {
        let admitted = limiter.admit(client, tokio::time::Instant::now());
        admitted.map_err(Refusal::RateLimited)?;
    }
    let tag = tag_of(&parts.uri)?;
    may_send(state, &tag, (peer.address, headers))?;
    let query = parts.uri.query().unwrap_or_default();
    let time = time_of(query)?;
    expectation(headers)?;
    let coding = Coding::of(headers)?;
    let content = Content::of(headers);

    let mut held = Held::default();
    let claimed = number(headers.get(header::CONTENT_LENGTH));
    let body = read_body(body, claimed, config, (&state.memory, &mut held)).await?;
    peer.handling.has_body();
    let work = Work {
        content,
        coding,
        query: query.to_owned(),
        limit: config.max_inflated_bytes,
    };
    let checked = work.run(body, state).await?;
    let time = match (time, &checked.time) {
        (None, Some(text)) => seconds(text)?,
        (time, _) => time,
    };
    let address = config.remote_address_field.as_ref();
    let extra = address.map(|field| json!({ field: shortened(client).to_string() }).to_string());
    let head = HttpHead {
        received_at_us,
        event_time_us: time,
        tag: &tag,
        extra: extra.as_deref(),
        msgpack: checked.msgpack,
        faulty: !checked.faults.is_empty(),
    };
    let name = headers.get(IDEMPOTENCY_KEY).map(HeaderValue::as_bytes);
    let keying = state.buffer.keying();
    let key = name.map(|name| keying.body(&tag, name, &checked.body));
    keep(state, &head, (checked, key), held).await
}

async fn keep(
    state: &HttpState,
    head: &HttpHead<'_>,
    (checked, key): (CheckedBody, Option<ChunkKey>),
    held: Held,
) -> Result<Response, Refusal> {
    let answer = checked.answer();
    let CheckedBody {
        body,
        tally,
        replaced,
        ..
    } = checked;
    if tally.events == 0 {
        return Ok(answer);
    }
    let bytes = body.len();
    let payload = match head.extra.is_none() && !head.msgpack && !head.faulty {
        true => Payload::http(head.received_at_us, head.event_time_us, head.tag, body),
        false => Payload::http_body(head, body),
    };
    let payload = payload.inflating_to(bytes, tally.all());
    let not_stored = |error| Refusal::NotStored(error, tally.all());
    let durable = state.buffer.append_once(key, payload).await;
    let mut durable = durable.map_err(not_stored)?;
    // From here on the buffer's queue accounts for the bytes.
    drop(held);
    durable.wait().await.map_err(not_stored)?;
    match durable.is_repeat() {
        true => state.metrics.repeated(Input::Http, head.tag, &tally),
        false => {
            let metrics = &state.metrics;
            metrics.received(Input::Http, head.tag, &tally, bytes);
            metrics.replaced_texts().inc_by(replaced);
        }
    }
    Ok(answer)
}

/// Ports take only the tags that they are meant for: no page may make up what bid-server reports.
fn may_send(
    state: &HttpState,
    tag: &str,
    (peer, headers): (IpAddr, &HeaderMap),
) -> Result<(), Refusal> {
    if !state.config.tags.has(tag) {
        return Err(Refusal::TagNotTaken);
    }
    if state.server_tags.has(tag) && !is_local_program(peer, headers) {
        return Err(Refusal::ServerTag);
    }
    Ok(())
}

/// The work that may take a while.
#[derive(Debug)]
struct Work {
    content: Content,
    coding: Option<Coding>,
    query: String,
    limit: usize,
}

impl Work {
    async fn run(self, body: Bytes, state: &HttpState) -> Result<CheckedBody, Refusal> {
        if self.coding.is_none() && body.len() < LARGE_BODY {
            return self.run_now(body);
        }
        let _turn = state.memory.turn().await;
        // A panic in there is our bug; the client hears that nothing was stored.
        let done = tokio::task::spawn_blocking(move || self.run_now(body)).await;
        done.map_err(|_| Refusal::NotStored(AppendError::Closed, 1))?
    }

    fn run_now(self, body: Bytes) -> Result<CheckedBody, Refusal> {
        let body = match self.coding {
            Some(coding) => coding.inflate(&body, self.limit)?,
            None => body,
        };
        if body.len() > self.limit {
            return Err(BodyError::TooLarge { limit: self.limit }.into());
        }
        let events = self.content.events(body, &self.query)?;
        check(events)
    }
}

/// `/a/b` is the tag `a.b`, as in Fluentd's HTTP input; nothing is decoded.
fn tag_of(uri: &Uri) -> Result<String, Refusal> {
    let tag = uri.path().trim_matches('/').replace('/', ".");
    if tag.is_empty() || tag.len() > MAX_TAG_BYTES {
        return Err(Refusal::Tag);
    }
    Ok(tag)
}

/// `?time=1700000000.25` holds for all events of the request.
fn time_of(query: &str) -> Result<Option<i64>, Refusal> {
    let mut pairs = query.split('&').rev();
    match pairs.find_map(|pair| pair.strip_prefix("time=")) {
        Some(text) => seconds(text),
        None => Ok(None),
    }
}

/// 0 means now, as everywhere.
fn seconds(text: &str) -> Result<Option<i64>, Refusal> {
    let seconds: f64 = text.trim().parse().map_err(|_| Refusal::Time)?;
    let micros = (seconds * 1e6).round();
    if !micros.is_finite() || micros.abs() >= 9e18 {
        return Err(Refusal::Time);
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number that was just checked to fit 63 bits"
    )]
    let micros = micros as i64;
    Ok((micros != 0).then_some(micros))
}

fn expectation(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(header::EXPECT) {
        Some(value) if !value.as_bytes().eq_ignore_ascii_case(b"100-continue") => {
            Err(Refusal::Expectation)
        }
        _ => Ok(()),
    }
}

fn number(value: Option<&HeaderValue>) -> Option<u64> {
    value?.to_str().ok()?.parse().ok()
}

impl CheckedBody {
    /// 204, or 202 with what was not taken for an event. Clients do not try again after either.
    fn answer(&self) -> Response {
        if self.faults.is_empty() {
            return StatusCode::NO_CONTENT.into_response();
        }
        let rejected = self.faults.iter().map(|fault| {
            let mut entry = json!({ "event": fault.event, "error": fault.error });
            if let Some(TextPosition { line, column }) = fault.position {
                entry["line"] = json!(line);
                entry["column"] = json!(column);
            }
            entry
        });
        let rejected: Vec<_> = rejected.collect();
        let body = json!({
            "stored": self.tally.events,
            "quarantined": self.tally.fault_count(),
            "rejected": rejected,
        });
        (StatusCode::ACCEPTED, Json(body)).into_response()
    }
}
