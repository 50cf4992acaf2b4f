//! Gets one file over HTTP, within a time and a size. No redirects: they could lead anywhere.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::{Client, Response};
use thiserror::Error;
use tokio::time::timeout;
use url::Url;

use super::hosts::PublicOnly;
use crate::http_client::{self, ClientError};

/// Why there is no file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum FetchError {
    /// It was not there in time.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// No connection, or it broke.
    #[error("cannot be reached")]
    Unreachable,
    /// Anything but 200.
    #[error("answered with status {0}")]
    Status(u16),
    /// More bytes than allowed.
    #[error("larger than {0} bytes")]
    TooLarge(usize),
    /// Not what was expected.
    #[error("cannot be used: {0}")]
    Unusable(String),
}

/// A client; one that may be told by anybody where to go resolves public addresses only.
///
/// # Errors
/// When TLS cannot be set up.
pub(super) fn client(public_only: bool) -> Result<Client, ClientError> {
    let builder = http_client::builder();
    let builder = if public_only {
        builder.dns_resolver(Arc::new(PublicOnly))
    } else {
        builder
    };
    Ok(builder.build()?)
}

/// The whole file.
pub(super) async fn get(
    client: &Client,
    url: &Url,
    limit: Duration,
    cap: usize,
) -> Result<Bytes, FetchError> {
    let whole = timeout(limit, read(client, url, cap)).await;
    whole.map_err(|_| FetchError::TimedOut(limit))?
}

async fn read(client: &Client, url: &Url, cap: usize) -> Result<Bytes, FetchError> {
    let sent = client.get(url.clone()).send().await;
    let mut response: Response = sent.map_err(|_| FetchError::Unreachable)?;
    let status = response.status().as_u16();
    if status != 200 {
        return Err(FetchError::Status(status));
    }
    let mut file = BytesMut::new();
    while let Some(part) = response
        .chunk()
        .await
        .map_err(|_| FetchError::Unreachable)?
    {
        if file.len() + part.len() > cap {
            return Err(FetchError::TooLarge(cap));
        }
        file.extend_from_slice(&part);
    }
    Ok(file.freeze())
}

#[cfg(test)]
mod tests;
