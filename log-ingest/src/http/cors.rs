//! Which pages of other origins may ask: exactly those that the configuration lists.

use axum::http::{HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Origins such as `https://example.com`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins(Vec<HeaderValue>);

impl Origins {
    /// The listed origins, or the first that is not an origin.
    pub fn parse(listed: &[String]) -> Result<Self, String> {
        let parsed = listed.iter().map(|origin| {
            let is_origin = origin.split_once("://").is_some_and(|(scheme, rest)| {
                matches!(scheme, "http" | "https") && !rest.is_empty() && !rest.contains('/')
            });
            let value = HeaderValue::from_str(origin).ok().filter(|_| is_origin);
            value.ok_or_else(|| origin.clone())
        });
        parsed.collect::<Result<_, _>>().map(Self)
    }

    /// Whether it is one of them.
    pub(super) fn has(&self, origin: &str) -> bool {
        self.0.iter().any(|listed| listed == origin)
    }
}

pub(super) fn layer(origins: &Origins) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.0.clone()))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_origins_and_nothing_else() {
        let good = [
            "http://127.0.0.1:3000".to_owned(),
            "https://example.com".to_owned(),
        ];
        assert!(Origins::parse(&good).is_ok());
        for bad in [
            "*",
            "example.com",
            "https://example.com/",
            "ftp://example.com",
            "https://",
        ] {
            assert_eq!(Origins::parse(&[bad.to_owned()]), Err(bad.to_owned()));
        }
    }
}
