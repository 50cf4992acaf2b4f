//! What a client gets if its request is refused. The text is `Invalid request: <fault>`, one fault a line.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::request::Refusal;

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
