//! Headers of every public answer: do not cache it, do not run it as a page, who answers, and pages may see
//! how long it took.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, EXPIRES, PRAGMA, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// No auction is the same twice.
const NEVER_CACHED: HeaderValue = HeaderValue::from_static("no-cache, no-store, must-revalidate");
/// Callers of Prebid Server look for its name and version here.
const X_PREBID: HeaderName = HeaderName::from_static("x-prebid");
const X_EARLYBID: HeaderName = HeaderName::from_static("x-earlybid");
/// Lets the page see the phases of its request in the Resource Timing entries.
const TIMING: HeaderName = HeaderName::from_static("timing-allow-origin");

/// An answer is data. Anything that somebody else wrote into it, such as a kept creative, must not run with
/// our origin if it is opened as a page.
const NO_PAGE: HeaderValue = HeaderValue::from_static("sandbox; default-src 'none'");

/// Adds them to every answer. A route whose answers may be cached has set its own header.
pub(super) async fn add(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, NEVER_CACHED);
        headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
        headers.insert(EXPIRES, HeaderValue::from_static("0"));
    }
    headers.insert(
        X_PREBID,
        HeaderValue::from_static(concat!("earlybid/", env!("CARGO_PKG_VERSION"))),
    );
    headers.insert(
        X_EARLYBID,
        HeaderValue::from_static(env!("CARGO_PKG_VERSION")),
    );
    headers.insert(TIMING, HeaderValue::from_static("*"));
    headers.insert(CONTENT_SECURITY_POLICY, NO_PAGE);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
