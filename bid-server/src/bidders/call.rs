//! One HTTP call to an SSP: the only place that talks to them.

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Method, Response};
use thiserror::Error;

use super::adapter::{HttpCall, Reply};
use crate::auction::Progress;
use crate::config::SspClientConfig;
use crate::http_client::{self, ClientError};

/// Why no reply came.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum CallError {
    /// No connection, or it broke.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// The body is longer than we read.
    #[error("answer is larger than {0} bytes")]
    TooLarge(usize),
}

/// The one client for all SSPs.
///
/// It has no time-out of its own, since each call runs inside the auction's deadline.
///
/// # Errors
/// When TLS cannot be set up.
pub(crate) fn client(config: &SspClientConfig) -> Result<Client, ClientError> {
    let client = http_client::builder()
        .tcp_nodelay(true)
        .connect_timeout(config.connect_timeout)
        .pool_max_idle_per_host(config.idle_connections_per_host)
        .pool_idle_timeout(config.idle_timeout)
        .build()?;
    Ok(client)
}

/// Sends the call and reads the whole reply, up to `cap` bytes.
///
/// `progress` is told of what comes, where the caller of the auction wants to see it.
pub(crate) async fn send(
    client: &Client,
    call: &HttpCall,
    cap: usize,
    progress: Option<&Progress>,
) -> Result<Reply, CallError> {
    let mut request = client
        .request(call.method.clone(), call.url.clone())
        .headers(headers(call));
    if call.method != Method::GET {
        request = request.body(call.gzip.as_ref().unwrap_or(&call.body).clone());
    }
    let response = request
        .send()
        .await
        .map_err(|error| unreachable_because(&error))?;
    let status = response.status().as_u16();
    if let Some(progress) = progress {
        progress.head(status);
    }
    let body = read(response, cap, progress).await?;
    Ok(Reply { status, body })
}

/// The call's own headers over those that all calls have.
pub(crate) fn headers(call: &HttpCall) -> HeaderMap {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    let mut headers = HeaderMap::with_capacity(call.headers.len() + 3);
    headers.insert(ACCEPT, JSON);
    if call.method != Method::GET {
        headers.insert(CONTENT_TYPE, JSON);
        if call.gzip.is_some() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    for (name, value) in &call.headers {
        headers.insert(name.clone(), value.clone());
    }
    headers
}

async fn read(
    mut response: Response,
    cap: usize,
    progress: Option<&Progress>,
) -> Result<Bytes, CallError> {
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).is_ok_and(|length| length > cap) {
        return Err(CallError::TooLarge(cap));
    }
    let mut body = BytesMut::with_capacity(usize::try_from(announced).unwrap_or(0).min(cap));
    while let Some(part) = response
        .chunk()
        .await
        .map_err(|error| unreachable_because(&error))?
    {
        if body.len() + part.len() > cap {
            return Err(CallError::TooLarge(cap));
        }
        if let Some(progress) = progress {
            progress.part(&part);
        }
        body.extend_from_slice(&part);
    }
    Ok(body.freeze())
}

/// The reason without the URL: answers must not give away endpoints, nor keys in their query.
fn unreachable_because(error: &reqwest::Error) -> CallError {
    let reason = if error.is_connect() {
        "no connection"
    } else if error.is_timeout() {
        "no connection in time"
    } else {
        "the connection broke"
    };
    CallError::Unreachable(reason.to_owned())
}
