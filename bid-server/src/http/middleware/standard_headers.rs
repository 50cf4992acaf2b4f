//! Headers of every public answer: never cached, who answers, and that pages may see how long it took.

use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, EXPIRES, PRAGMA};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// An auction is never the same twice.
const NEVER_CACHED: HeaderValue = HeaderValue::from_static("no-cache, no-store, must-revalidate");
/// Callers of Prebid Server look for its name and version here.
const X_PREBID: HeaderName = HeaderName::from_static("x-prebid");
const X_EARLYBID: HeaderName = HeaderName::from_static("x-earlybid");
/// Lets the page see the phases of its request in the Resource Timing entries.
const TIMING: HeaderName = HeaderName::from_static("timing-allow-origin");

/// Adds them to whatever comes back. A route that may be cached has said so itself.
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
    response
}
