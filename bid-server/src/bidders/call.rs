//! One HTTP call to an SSP: the only place that talks to them.

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use thiserror::Error;

use super::adapter::{HttpCall, Reply};
use crate::config::SspClientConfig;

/// Which OpenRTB the body speaks; many SSPs want to be told.
const OPENRTB_VERSION: HeaderName = HeaderName::from_static("x-openrtb-version");

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
/// It follows no redirects, because an SSP could send us anywhere; it asks no proxy; and it has no
/// time-out of its own, since each call runs inside the auction's deadline.
///
/// # Errors
/// When TLS cannot be set up.
pub(crate) fn client(config: &SspClientConfig) -> reqwest::Result<Client> {
    Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .tcp_nodelay(true)
        .connect_timeout(config.connect_timeout)
        .pool_max_idle_per_host(config.idle_connections_per_host)
        .pool_idle_timeout(config.idle_timeout)
        .build()
}

/// Posts the body and reads the whole reply, up to `cap` bytes.
pub(crate) async fn send(client: &Client, call: &HttpCall, cap: usize) -> Result<Reply, CallError> {
    let response = client
        .post(call.url.clone())
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT, "application/json")
        .header(OPENRTB_VERSION, "2.6")
        .body(call.body.clone())
        .send()
        .await
        .map_err(|error| unreachable_because(&error))?;
    let status = response.status().as_u16();
    let body = read(response, cap).await?;
    Ok(Reply { status, body })
}

async fn read(mut response: Response, cap: usize) -> Result<Bytes, CallError> {
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
