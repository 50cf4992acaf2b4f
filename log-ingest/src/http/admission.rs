//! Who may send a request at all: not a page of another site that somebody on this machine happens to look at.
//!
//! A page can reach a port of the machine that shows it, by name or by address. It cannot choose the headers that say so:
//! `Host` names the host that it called, which is not us if the page's own name was made to point here, and `Origin` and
//! `Sec-Fetch-Site` say where it comes from. Programs send neither of the last two.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::cors::Origins;
use super::serve::LONGEST_HEAD;

/// Which requests are let in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Admission {
    /// Names by which we may be called.
    pub hosts: Hosts,
    /// Origins whose pages may ask.
    pub origins: Origins,
}

/// Names by which we may be called, besides addresses and `localhost`, which nobody can make to point elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts(Vec<String>);

impl Hosts {
    /// The listed names, or the first that is not a name.
    ///
    /// # Errors
    /// One that has a port, a path or the like.
    pub fn parse(listed: &[String]) -> Result<Self, String> {
        let parsed = listed.iter().map(|name| {
            let is_name = !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
            is_name
                .then(|| name.to_lowercase())
                .ok_or_else(|| name.clone())
        });
        parsed.collect::<Result<_, _>>().map(Self)
    }

    fn has(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_lowercase();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().is_ok()
            || host == "localhost"
            || host.ends_with(".localhost")
            || self.0.contains(&host)
    }
}

/// Lets a request in, or says why not.
pub(super) async fn admit(
    State(admission): State<Admission>,
    request: Request,
    next: Next,
) -> Response {
    if head_bytes(&request) > LONGEST_HEAD {
        let refusal = (
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "the head of the request is too long\n",
        );
        return refusal.into_response();
    }
    match admission.check(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Bytes of a head. The server reads it in steps that double, and so may have read more than it should take.
fn head_bytes(request: &Request) -> usize {
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| name.as_str().len() + value.len());
    request
        .uri()
        .path_and_query()
        .map_or(0, |uri| uri.as_str().len())
        + headers.sum::<usize>()
}

/// Status and reason.
type Refusal = (StatusCode, &'static str);

impl Admission {
    fn check(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let host = single(headers, header::HOST.as_str());
        let authority = host.ok().flatten().and_then(|host| host.parse().ok());
        let Some(authority): Option<Authority> = authority else {
            return Err((StatusCode::BAD_REQUEST, "one Host header is needed\n"));
        };
        if !self.hosts.has(authority.host()) {
            return Err((
                StatusCode::MISDIRECTED_REQUEST,
                "this host name is not ours: use the address, or add the name to sql.allowed_hosts\n",
            ));
        }
        let foreign = Err((
            StatusCode::FORBIDDEN,
            "pages of this origin may not ask: add it to sql.allowed_origins\n",
        ));
        match single(headers, header::ORIGIN.as_str()) {
            Err(()) => foreign,
            Ok(Some(origin)) => {
                if self.origins.has(origin) || is_own(origin, &authority) {
                    Ok(())
                } else {
                    foreign
                }
            }
            // Images, frames and links of other sites name no origin, but a browser says that they come from another site.
            Ok(None) => match single(headers, "sec-fetch-site") {
                Ok(None | Some("same-origin" | "none")) => Ok(()),
                _ => foreign,
            },
        }
    }
}

/// The header, if it is there; an error if it is there twice or is not text.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(drop),
        (Some(_), Some(_)) => Err(()),
    }
}

/// Whether a page that we served ourselves asks.
fn is_own(origin: &str, host: &Authority) -> bool {
    let address = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    address.is_some_and(|address| address.eq_ignore_ascii_case(host.as_str()))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn check(headers: &[(&'static str, &'static str)]) -> Option<u16> {
        let admission = Admission {
            hosts: Hosts::parse(&["lake.test".to_owned()]).unwrap(),
            origins: Origins::parse(&["https://pages.test".to_owned()]).unwrap(),
        };
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        admission
            .check(&map)
            .err()
            .map(|(status, _)| status.as_u16())
    }

    #[test]
    fn names_that_anybody_could_point_here_are_refused() {
        for host in [
            "127.0.0.1:8088",
            "10.1.2.3",
            "[::1]:8088",
            "localhost:8088",
            "LOCALHOST.",
            "a.localhost",
            "lake.test:80",
        ] {
            assert_eq!(check(&[("host", host)]), None, "{host}");
        }
        for host in ["evil.test", "evil.test:8088", "127.0.0.1.evil.test", "x"] {
            assert_eq!(check(&[("host", host)]), Some(421), "{host}");
        }
        for host in ["", "a b", "user@127.0.0.1 x"] {
            assert_eq!(check(&[("host", host)]), Some(400), "{host}");
        }
        assert_eq!(check(&[]), Some(400));
        let twice = [("host", "127.0.0.1"), ("host", "127.0.0.1")];
        assert_eq!(check(&twice), Some(400));
    }

    #[test]
    fn pages_of_other_sites_are_refused_whatever_they_send() {
        let host = ("host", "127.0.0.1:8088");
        for (headers, expected) in [
            (vec![], None),
            (vec![("origin", "http://127.0.0.1:8088")], None),
            (vec![("origin", "https://pages.test")], None),
            (
                vec![
                    ("origin", "https://pages.test"),
                    ("sec-fetch-site", "cross-site"),
                ],
                None,
            ),
            (vec![("sec-fetch-site", "same-origin")], None),
            (vec![("sec-fetch-site", "none")], None),
            (vec![("origin", "http://evil.test")], Some(403)),
            (vec![("origin", "null")], Some(403)),
            (vec![("origin", "http://127.0.0.1:3000")], Some(403)),
            (vec![("sec-fetch-site", "cross-site")], Some(403)),
            (vec![("sec-fetch-site", "same-site")], Some(403)),
            (vec![("sec-fetch-site", "whatever")], Some(403)),
        ] {
            let all: Vec<_> = std::iter::once(host).chain(headers.clone()).collect();
            assert_eq!(check(&all), expected, "{headers:?}");
        }
    }
}
