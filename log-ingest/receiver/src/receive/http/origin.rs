//! Requests of web pages: whose pages may send, and the headers that make a browser agree.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::allowed_origins::Origins;
use super::refusal::Refusal;

/// Chromium remembers a preflight for two hours at most.
const PREFLIGHT_AGE: HeaderValue = HeaderValue::from_static("7200");
const CREDENTIALS: HeaderValue = HeaderValue::from_static("true");
/// What an answer to a page depends on.
const VARY: HeaderValue = HeaderValue::from_static(
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
);

/// The page's origin; `Ok(None)` = the request does not come from a page, as from `curl`.
pub(crate) fn origin_of(
    headers: &HeaderMap,
    allowed: &Origins,
) -> Result<Option<HeaderValue>, Refusal> {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(None);
    };
    match origin.to_str() {
        Ok(text) if allowed.allow(text) => Ok(Some(origin.clone())),
        _ => Err(Refusal::Origin),
    }
}

/// A beacon always carries cookies, and a browser then insists on its own origin being named. The answers hold
/// nothing that is not the page's already, and cookies are not read, so naming any origin gives nothing away.
pub(crate) fn admit(response: &mut Response, origin: Option<HeaderValue>) {
    let headers = response.headers_mut();
    headers.insert(header::VARY, VARY);
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, CREDENTIALS);
    }
}

/// The answer to `OPTIONS`: POST may follow, with the headers that the page named.
pub(crate) fn preflight(headers: &HeaderMap) -> Result<Response, Refusal> {
    if let Some(method) = headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)
        && method != Method::POST.as_str()
    {
        return Err(Refusal::Method);
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    let answer = response.headers_mut();
    let mut set = |name: HeaderName, value: HeaderValue| drop(answer.insert(name, value));
    set(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("POST"),
    );
    set(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_AGE);
    if let Some(names) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        set(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    Ok(response)
}
