//! Why a request is answered with something other than success, and how.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::content::ContentError;
use crate::buffer::AppendError;
use crate::items::{Fault, TextPosition};
use crate::receive::labels::Reason;
use crate::receive::reason::reason_of;

/// Longest tag; it becomes part of every stored event.
pub(crate) const MAX_TAG_BYTES: usize = 256;

/// Why a body cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the {0} data is damaged")]
    Damaged(&'static str),
    #[error("the body inflates to more than {limit} bytes")]
    TooLarge { limit: usize },
}

/// Nothing of such a request is stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("only POST stores events")]
    Method,
    #[error("pages of this origin may not send")]
    Origin,
    #[error("this port does not take the tag; see http.tags")]
    TagNotTaken,
    #[error("only servers may send this tag, over the forward port; see forward.server_tags")]
    ServerTag,
    #[error("too many requests")]
    RateLimited(Duration),
    #[error("the only expectation that can be met is 100-continue")]
    Expectation,
    #[error("the path must name a tag of at most {MAX_TAG_BYTES} bytes, such as /ads.render")]
    Tag,
    #[error("the parameter time must be seconds since 1970")]
    Time,
    #[error("content-encoding must be gzip, deflate, zstd or identity, and only one of them")]
    Encoding,
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the body did not arrive in time")]
    Slow,
    #[error("no memory for the body; try again")]
    NoMemory,
    #[error("the body broke off")]
    CutOff,
    #[error(transparent)]
    Content(#[from] ContentError),
    #[error(transparent)]
    Body(#[from] BodyError),
    /// Nothing but faults; the first of them.
    #[error("event {}: {}", .0.event, .0.error)]
    Faulty(Fault),
    /// With the number of events.
    #[error("{0}")]
    NotStored(#[source] AppendError, u64),
}

impl Refusal {
    pub(crate) fn status_and_reason(&self) -> (StatusCode, Reason) {
        match self {
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, Reason::Malformed),
            Self::Origin | Self::TagNotTaken | Self::ServerTag => {
                (StatusCode::FORBIDDEN, Reason::Denied)
            }
            Self::RateLimited(_) => (StatusCode::TOO_MANY_REQUESTS, Reason::RateLimited),
            Self::Expectation => (StatusCode::EXPECTATION_FAILED, Reason::Unsupported),
            Self::Tag | Self::Time | Self::CutOff | Self::Content(_) | Self::Faulty(_) => {
                (StatusCode::BAD_REQUEST, Reason::Malformed)
            }
            Self::Encoding => (StatusCode::UNSUPPORTED_MEDIA_TYPE, Reason::Unsupported),
            Self::TooLarge { .. } | Self::Body(BodyError::TooLarge { .. }) => {
                (StatusCode::PAYLOAD_TOO_LARGE, Reason::TooLarge)
            }
            Self::Slow => (StatusCode::REQUEST_TIMEOUT, Reason::Stalled),
            Self::NoMemory => (StatusCode::SERVICE_UNAVAILABLE, Reason::NoMemory),
            Self::Body(_) => (StatusCode::BAD_REQUEST, Reason::Malformed),
            Self::NotStored(error, _) => (StatusCode::SERVICE_UNAVAILABLE, reason_of(*error)),
        }
    }

    /// The events that are not stored because of it; a body whose events were not counted counts as one.
    pub(crate) fn events(&self) -> u64 {
        match self {
            Self::NotStored(_, events) => *events,
            _ => 1,
        }
    }

    fn json(&self) -> Value {
        let mut answer = json!({ "error": self.to_string(), "stored": 0 });
        if let Self::Faulty(fault) = self
            && let Some(TextPosition { line, column }) = fault.position
        {
            answer["line"] = json!(line);
            answer["column"] = json!(column);
        }
        answer
    }

    /// Seconds after which it is worth another try.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited(wait) => {
                Some(wait.as_millis().div_ceil(1000).try_into().unwrap_or(1))
            }
            Self::NoMemory | Self::NotStored(..) => Some(1),
            _ => None,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, _) = self.status_and_reason();
        let mut response = (status, Json(self.json())).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if matches!(self, Self::Method) {
            headers.insert(header::ALLOW, HeaderValue::from_static("POST, OPTIONS"));
        }
        response
    }
}
