//! One HTTP call to an SSP. This is the only place that talks to them.

use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::Full;
use thiserror::Error;
use url::Url;

use super::adapter::{HttpCall, Reply};
use super::coding::CodingError;
use super::percent;
use crate::bidders::ssp_client::{ExchangeError, Outgoing, Reading, SspClient};

/// Why there is no reply.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum CallError {
    /// No connection could be made, or it broke.
    #[error("cannot be reached: {0}")]
    Unreachable(ExchangeError),
    /// The body is longer than the most we read.
    #[error("answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The body is compressed and cannot be read.
    #[error(transparent)]
    Coding(CodingError),
}

/// Sends the call and reads the whole reply.
///
/// No error contains the URL: answers must not reveal endpoints, or keys in their query.
pub(crate) async fn send(
    client: &SspClient,
    call: &HttpCall,
    reading: Reading<'_>,
) -> Result<Reply, CallError> {
    let request = request(call).ok_or(CallError::Unreachable(ExchangeError::Connect))?;
    let answer = client.send(request, reading).await;
    match answer {
        Ok((status, body)) => Ok(Reply { status, body }),
        Err(ExchangeError::TooLarge(cap)) => Err(CallError::TooLarge(cap)),
        Err(ExchangeError::Coding(error)) => Err(CallError::Coding(error)),
        Err(error) => Err(CallError::Unreachable(error)),
    }
}

/// `None` = HTTP cannot express the URL.
fn request(call: &HttpCall) -> Option<Outgoing> {
    let body = match call.method {
        Method::GET => Bytes::new(),
        _ => call.gzip.as_ref().unwrap_or(&call.body).clone(),
    };
    let (uri, authorization) = address(&call.url)?;
    let mut request = Outgoing::new(Full::new(body));
    *request.method_mut() = call.method.clone();
    *request.uri_mut() = uri;
    *request.headers_mut() = headers(call);
    if let Some(value) = authorization {
        let headers = request.headers_mut();
        headers.entry(AUTHORIZATION).or_insert(value);
    }
    Some(request)
}

/// Where a call goes, and the header that authorises it there.
type Address = (Uri, Option<HeaderValue>);

/// The address, and the header made of its user and password (RFC 7617).
fn address(url: &Url) -> Option<Address> {
    if url.username().is_empty() && url.password().is_none() {
        return Some((url.as_str().parse().ok()?, None));
    }
    let decoded = |text: &str| percent::decode(text.as_bytes());
    let mut user = decoded(url.username());
    user.push(b':');
    user.extend(decoded(url.password().unwrap_or_default()));
    let value = format!("Basic {}", STANDARD.encode(&user));
    let mut value = HeaderValue::from_str(&value).ok()?;
    value.set_sensitive(true);
    let mut url = url.clone();
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some((url.as_str().parse().ok()?, Some(value)))
}

/// The call's own headers, on top of those that all calls have.
pub(crate) fn headers(call: &HttpCall) -> HeaderMap {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    /// For SSPs whose dialect does not send the visitor's user agent.
    const OWN_NAME: HeaderValue =
        HeaderValue::from_static(concat!("Earlybid/", env!("CARGO_PKG_VERSION")));
    let mut headers = HeaderMap::with_capacity(call.headers.len() + 4);
    headers.insert(ACCEPT, JSON);
    headers.insert(USER_AGENT, OWN_NAME);
    if call.method != Method::GET {
        headers.insert(CONTENT_TYPE, JSON);
        if call.gzip.is_some() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    for (name, _) in &call.headers {
        headers.remove(name);
    }
    for (name, value) in &call.headers {
        headers.append(name.clone(), value.clone());
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_leave_the_address() {
        let url = Url::parse("https://a%40b:p%3Aw@ssp.example:8443/bid?x=1#y").unwrap();
        let (uri, authorization) = address(&url).unwrap();
        assert_eq!(uri, "https://ssp.example:8443/bid?x=1");
        // a@b:p:w
        assert_eq!(authorization.unwrap(), "Basic YUBiOnA6dw==");
        let url = Url::parse("http://ssp.example/").unwrap();
        assert_eq!(address(&url).unwrap().1, None);
    }
}
