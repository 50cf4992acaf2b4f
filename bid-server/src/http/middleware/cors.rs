//! CORS as Prebid.js needs it: it sends credentials, so the origin must be echoed; browsers refuse `*`.

use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ALLOW,
    ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The headers if the preflight names none.
const USUAL_HEADERS: HeaderValue =
    HeaderValue::from_static("Origin, X-Requested-With, Content-Type, Accept");
/// How many seconds a browser may remember a preflight.
const MAX_AGE: HeaderValue = HeaderValue::from_static("86400");

/// Any origin may ask, with any header: an answer contains nothing that belongs to a user, and publishers
/// have many domains.
pub(super) async fn cors(request: Request, next: Next) -> Response {
    let asked = request.headers();
    let origin = asked.get(ORIGIN).cloned();
    let wished = asked.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let is_options = request.method() == Method::OPTIONS;
    let mut response = next.run(request).await;
    if is_options && response.status() == StatusCode::METHOD_NOT_ALLOWED {
        // The route itself knows its methods.
        let methods = response.headers().get(ALLOW).cloned();
        response = preflight(methods.as_ref(), wished);
    }
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        allow(headers, origin);
    }
    response
}

fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
}

fn preflight(methods: Option<&HeaderValue>, wished: Option<HeaderValue>) -> Response {
    let methods = methods.and_then(|methods| methods.to_str().ok());
    let methods = methods.map_or_else(String::new, |methods| methods.replace(',', ", "));
    let allow = HeaderValue::try_from(format!("{methods}, OPTIONS"));
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    if let Ok(allow) = allow {
        headers.insert(ALLOW, allow.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, allow);
    }
    headers.insert(
        ACCESS_CONTROL_ALLOW_HEADERS,
        wished.unwrap_or(USUAL_HEADERS),
    );
    headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    headers.append(
        VARY,
        HeaderValue::from_static("Access-Control-Request-Headers"),
    );
    response
}
