//! What a client is told when its request cannot become an auction.
//!
//! Everything that a client can send ends in 200, 400 or 408; 503 says that an account or app is disabled, or, with
//! `Retry-After`, that stored data cannot be had at the moment or that we are overloaded; 500 that what the operator's server says about an account cannot be used; another 5xx would be our own fault. The text
//! is `Invalid request: <fault>`, one fault a line, as callers of Prebid Server know it. Nothing of
//! the request's content is logged.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::stored::FetchError;

/// A request that is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Its faults, each with the JSON path where there is one.
    Invalid(Vec<String>),
    /// The body did not arrive in time.
    TooSlow,
    /// Too many auctions are held already; worth another try in a moment.
    Overloaded,
    /// The account or app may not hold auctions; says which.
    Disabled(String),
    /// The settings of its account came from elsewhere and cannot be used; the id.
    BrokenAccount(String),
    /// Stored data that it names cannot be had now.
    Fetch(FetchError),
}

impl From<FetchError> for Refusal {
    fn from(error: FetchError) -> Self {
        Self::Fetch(error)
    }
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

fn unavailable(text: &str) -> Response {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        format!("Invalid request: {text}\n"),
    )
        .into_response()
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
            Self::Overloaded => (
                StatusCode::SERVICE_UNAVAILABLE,
                [(RETRY_AFTER, "1")],
                "too many open auctions\n",
            )
                .into_response(),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "Invalid request: the body did not arrive in time\n",
            )
                .into_response(),
            Self::Disabled(which) => unavailable(&which),
            Self::BrokenAccount(id) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                format!("Invalid request: the settings of account {id:?} cannot be used\n"),
            )
                .into_response(),
            Self::Fetch(error) => {
                let mut response = unavailable(&error.to_string());
                let later = HeaderValue::from_static("1");
                response.headers_mut().insert(RETRY_AFTER, later);
                response
            }
        }
    }
}
