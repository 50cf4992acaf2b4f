//! What a client is told when its request cannot become an auction.
//!
//! Everything that a client can send ends in 200, 400 or 408; a 5xx would be our own fault. The text
//! is `Invalid request: <fault>`, one fault a line, as callers of Prebid Server know it. Nothing of
//! the request's content is logged.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// A request that is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Its faults, each with the JSON path where there is one.
    Invalid(Vec<String>),
    /// The body did not arrive in time.
    TooSlow,
}

impl Refusal {
    /// A single fault.
    pub(crate) fn fault(text: impl Into<String>) -> Self {
        Self::Invalid(vec![text.into()])
    }

    /// Several faults; none at all is no refusal.
    pub(crate) fn unless_empty(faults: Vec<String>) -> Result<(), Self> {
        if faults.is_empty() {
            return Ok(());
        }
        Err(Self::Invalid(faults))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Invalid(faults) => {
                let lines = faults
                    .iter()
                    .map(|fault| format!("Invalid request: {fault}\n"));
                (StatusCode::BAD_REQUEST, lines.collect::<String>()).into_response()
            }
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "Invalid request: the body did not arrive in time\n",
            )
                .into_response(),
        }
    }
}
