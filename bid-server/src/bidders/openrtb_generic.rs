//! The adapter for SSPs that speak plain OpenRTB: one call with all imps, params in `imp.ext.bidder`.

use axum::http::{HeaderName, HeaderValue, Method};
use url::Url;

use super::adapter::{Adapter, AdapterError, Ask, Calls, HttpCall, Reply, SspBids};
use super::bodies::Bodies;
use super::openrtb_reply;

/// OpenRTB 2.6 section 4.2.1: prices are in USD if `cur` is left out.
const WIRE_DEFAULT_CURRENCY: &str = "USD";

/// The OpenRTB version of the body; many SSPs want this header.
const OPENRTB_VERSION: HeaderName = HeaderName::from_static("x-openrtb-version");

/// An endpoint that accepts bid requests as they are.
#[derive(Debug)]
pub(crate) struct OpenRtbGeneric {
    endpoint: Url,
}

impl OpenRtbGeneric {
    /// For one endpoint.
    pub(crate) fn new(endpoint: Url) -> Self {
        Self { endpoint }
    }
}

impl Adapter for OpenRtbGeneric {
    fn calls<'a>(&self, ask: &Ask<'a>, bodies: &mut Bodies<'a>) -> Calls {
        let call = HttpCall {
            method: Method::POST,
            url: self.endpoint.clone(),
            headers: vec![(OPENRTB_VERSION, HeaderValue::from_static("2.6"))],
            body: bodies.body(ask),
            gzip: None,
            imps: ask.offers.iter().map(|offer| offer.imp).collect(),
            timeout_notice: None,
        };
        Calls {
            calls: vec![call],
            refused: Vec::new(),
        }
    }

    fn bids(
        &self,
        _ask: &Ask<'_>,
        _call: &HttpCall,
        reply: &Reply,
    ) -> Result<SspBids, AdapterError> {
        openrtb_reply::read(reply, &[204], WIRE_DEFAULT_CURRENCY)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn read(status: u16, body: &'static str) -> Result<SspBids, AdapterError> {
        let body = Bytes::from_static(body.as_bytes());
        openrtb_reply::read(&Reply { status, body }, &[204], "USD")
    }

    #[test]
    fn no_content_and_empty_answers_are_no_bids() {
        for (status, body) in [
            (204, ""),
            (200, ""),
            (200, "{}"),
            (200, r#"{"seatbid":[]}"#),
            (200, r#"{"id":"r","nbr":2}"#),
        ] {
            assert!(read(status, body).unwrap().bids.is_empty(), "{body}");
        }
    }

    #[test]
    fn other_statuses_are_errors_even_with_bids() {
        assert_eq!(read(500, "{}").unwrap_err(), AdapterError::Status(500));
        assert_eq!(read(302, "").unwrap_err(), AdapterError::Status(302));
    }

    #[test]
    fn malformed_answers_are_errors() {
        for body in ["nonsense", "[]", r#"{"seatbid":{}}"#] {
            assert!(
                matches!(read(200, body), Err(AdapterError::Malformed(_))),
                "{body}"
            );
        }
    }
}
