//! One request with events: body, check, buffer, answer.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};

use super::body::{self, BodyError};
use super::http::HttpState;
use super::reason_of;
use crate::buffer::{AppendError, Payload};
use crate::clock::now_micros;
use crate::metrics::{Reason, Receiver};

/// Longest tag; it becomes part of every stored event.
const MAX_TAG_BYTES: usize = 256;
/// Bodies from this size on, and compressed ones, are worked on by a thread that may take its time.
const LARGE_BODY: usize = 128 << 10;

/// Why a request is answered with something else than 204. Nothing of it is stored then.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("only POST stores events")]
    Method,
    #[error("the path must name a tag of at most {MAX_TAG_BYTES} bytes, such as /ads.render")]
    Tag,
    #[error("the query parameter time must be seconds since 1970")]
    Time,
    #[error("content-encoding must be gzip or identity")]
    Encoding,
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the body did not arrive in time")]
    Slow,
    #[error("the body broke off")]
    CutOff,
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    NotStored(#[from] AppendError),
}

/// `POST /<tag>`: 204 once all events of the body are durable.
pub(super) async fn ingest(State(state): State<Arc<HttpState>>, request: Request) -> Response {
    match store(&state, request).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => {
            let (status, reason) = refusal.kind();
            state.metrics.refused(Receiver::Http, reason);
            // Everybody on the internet can send nonsense, so what the client did wrong is told to the client.
            tracing::debug!(status = status.as_u16(), reason = %refusal, "request refused");
            refusal.into_response()
        }
    }
}

async fn store(state: &HttpState, request: Request) -> Result<(), Refusal> {
    let received_at_us = now_micros();
    if request.method() != Method::POST {
        return Err(Refusal::Method);
    }
    let tag = tag_of(request.uri())?;
    let event_time_us = time_of(request.uri())?;
    let gzip = is_gzip(request.headers())?;
    let body = read(request, state).await?;
    let (body, events) = check(body, gzip, state.config.max_inflated_bytes).await?;
    if events == 0 {
        return Ok(());
    }
    let bytes = body.len();
    let payload = Payload::http(received_at_us, event_time_us, &tag, body);
    state.buffer.append(payload).await?.wait().await?;
    state.metrics.received(Receiver::Http, events, bytes);
    Ok(())
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
fn time_of(uri: &Uri) -> Result<Option<i64>, Refusal> {
    let pairs = uri.query().unwrap_or_default().split('&');
    let Some(text) = pairs
        .filter_map(|pair| pair.strip_prefix("time="))
        .next_back()
    else {
        return Ok(None);
    };
    let seconds: f64 = text.parse().map_err(|_| Refusal::Time)?;
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

fn is_gzip(headers: &HeaderMap) -> Result<bool, Refusal> {
    let Some(value) = headers.get(header::CONTENT_ENCODING) else {
        return Ok(false);
    };
    match value.to_str().map(str::to_ascii_lowercase).as_deref() {
        Ok("gzip" | "x-gzip") => Ok(true),
        Ok("identity" | "") => Ok(false),
        _ => Err(Refusal::Encoding),
    }
}

async fn read(request: Request, state: &HttpState) -> Result<Bytes, Refusal> {
    let body = Bytes::from_request(request, &());
    let body = tokio::time::timeout(state.config.body_timeout, body).await;
    body.map_err(|_| Refusal::Slow)?
        .map_err(|rejection| match rejection {
            BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
                Refusal::TooLarge {
                    limit: state.config.max_body_bytes,
                }
            }
            _ => Refusal::CutOff,
        })
}

async fn check(body: Bytes, gzip: bool, limit: usize) -> Result<(Bytes, u64), Refusal> {
    let small = !gzip && body.len() < LARGE_BODY;
    let work = move || {
        let body = if gzip {
            body::inflate(&body, limit)?
        } else {
            body
        };
        let events = body::check(&body)?;
        Ok::<_, BodyError>((body, events))
    };
    if small {
        return Ok(work()?);
    }
    // A panic in there is a bug of ours; the client hears that nothing was stored.
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|_| AppendError::Closed)??)
}

impl Refusal {
    fn kind(&self) -> (StatusCode, Reason) {
        match self {
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, Reason::Malformed),
            Self::Tag | Self::Time | Self::CutOff => (StatusCode::BAD_REQUEST, Reason::Malformed),
            Self::Encoding => (StatusCode::UNSUPPORTED_MEDIA_TYPE, Reason::Unsupported),
            Self::TooLarge { .. } | Self::Body(BodyError::TooLarge { .. }) => {
                (StatusCode::PAYLOAD_TOO_LARGE, Reason::TooLarge)
            }
            Self::Slow => (StatusCode::REQUEST_TIMEOUT, Reason::Stalled),
            Self::Body(_) => (StatusCode::BAD_REQUEST, Reason::Malformed),
            Self::NotStored(error) => (StatusCode::SERVICE_UNAVAILABLE, reason_of(*error)),
        }
    }

    fn json(&self) -> Value {
        let mut answer = json!({ "error": self.to_string(), "stored": 0 });
        if let Self::Body(error) = self
            && let Some((line, column)) = error.position()
        {
            answer["line"] = json!(line);
            answer["column"] = json!(column);
        }
        answer
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, _) = self.kind();
        let body = Json(self.json());
        match self {
            Self::Method => (status, [(header::ALLOW, "POST, OPTIONS")], body).into_response(),
            Self::NotStored(_) => (status, [(header::RETRY_AFTER, "1")], body).into_response(),
            _ => (status, body).into_response(),
        }
    }
}
