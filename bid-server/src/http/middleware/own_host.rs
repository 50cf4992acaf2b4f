//! Keeps pages away from the admin listener.
//!
//! A page of any origin can make its visitor's browser call whatever the visitor's machine can reach, and
//! with a name of its own that leads there (DNS rebinding) the page can read the answer.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Passes requests that name an address, `localhost` or a configured host, and that do not come from a page
/// of another origin.
pub(super) async fn check(
    State(hosts): State<Arc<[String]>>,
    request: Request,
    next: Next,
) -> Response {
    if !is_own_host(request.headers(), &hosts) {
        return (
            StatusCode::MISDIRECTED_REQUEST,
            "unknown host, see listen.admin_hosts\n",
        )
            .into_response();
    }
    if is_of_a_page(request.headers()) {
        return (StatusCode::FORBIDDEN, "not for pages\n").into_response();
    }
    next.run(request).await
}

fn is_own_host(headers: &HeaderMap, hosts: &[String]) -> bool {
    let Some(host) = headers.get(HOST) else {
        // HTTP/1.0, which no browser uses.
        return true;
    };
    let authority = host
        .to_str()
        .ok()
        .and_then(|host| host.parse::<Authority>().ok());
    authority.is_some_and(|authority| {
        let host = authority.host();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        address.parse::<IpAddr>().is_ok()
            || host.eq_ignore_ascii_case("localhost")
            || hosts.iter().any(|own| own.eq_ignore_ascii_case(host))
    })
}

/// Programs send neither header; a person who opens the address in a browser sends `none`.
fn is_of_a_page(headers: &HeaderMap) -> bool {
    let site = headers.get(FETCH_SITE).map(|site| site.as_bytes());
    headers.contains_key(ORIGIN)
        || site.is_some_and(|site| !matches!(site, b"none" | b"same-origin"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check_host(host: &str, own: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_str(host).unwrap());
        let hosts = ["bids.internal".to_owned()];
        assert_eq!(is_own_host(&headers, &hosts), own, "{host}");
    }

    #[test]
    fn only_addresses_and_known_names_are_ours() {
        for host in [
            "127.0.0.1:8001",
            "[::1]:8001",
            "localhost",
            "LOCALHOST:1",
            "10.0.0.7",
            "Bids.Internal:8001",
        ] {
            check_host(host, true);
        }
        for host in [
            "evil.example:8001",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "",
            "a b",
        ] {
            check_host(host, false);
        }
    }

    #[test]
    fn pages_of_other_origins_are_told_apart_from_people_and_programs() {
        let with = |name: HeaderName, value: &'static str| {
            HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
        };
        assert!(!is_of_a_page(&HeaderMap::new()));
        assert!(!is_of_a_page(&with(FETCH_SITE, "none")));
        assert!(is_of_a_page(&with(FETCH_SITE, "cross-site")));
        assert!(is_of_a_page(&with(FETCH_SITE, "same-site")));
        assert!(is_of_a_page(&with(ORIGIN, "null")));
    }
}
