//! Fetches one file over HTTP, with limits on time and size. Redirects are not followed: they could lead anywhere.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Client;
use reqwest::header::{AGE, CACHE_CONTROL, HeaderMap};
use thiserror::Error;
use tokio::time::timeout;
use url::Url;

use crate::data::http_client::{self, BodyError, ClientError};
use crate::data::tls::TlsConfig;

/// Why there is no file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum FetchError {
    /// It did not arrive in time.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// No connection could be made, or it broke.
    #[error("cannot be reached")]
    Unreachable,
    /// A status other than 200.
    #[error("answered with status {0}")]
    Status(u16),
    /// More bytes than allowed.
    #[error("larger than {0} bytes")]
    TooLarge(usize),
    /// It is not what was expected.
    #[error("cannot be used: {0}")]
    Unusable(String),
}

impl From<BodyError> for FetchError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::Broken(_) => Self::Unreachable,
            BodyError::TooLarge(cap) => Self::TooLarge(cap),
        }
    }
}

impl FetchError {
    /// The name in metrics.
    pub(super) fn outcome(&self) -> &'static str {
        match self {
            Self::TimedOut(_) => "timed_out",
            Self::Unreachable => "unreachable",
            Self::Status(_) => "status",
            Self::TooLarge(_) => "too_large",
            Self::Unusable(_) => "unusable",
        }
    }
}

/// A whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FetchedFile {
    /// Its contents.
    pub(super) body: Bytes,
    /// How long its server says it is valid; `None` = it does not say.
    pub(super) max_age: Option<Duration>,
}

/// A client; with `public_only` it resolves only public addresses, because anybody may tell it where to go.
///
/// # Errors
/// If TLS cannot be set up.
pub(super) fn client(public_only: bool, tls: &TlsConfig) -> Result<Client, ClientError> {
    Ok(http_client::builder_for_chosen(public_only, tls)?.build()?)
}

/// Fetches the whole file.
pub(super) async fn get(
    client: &Client,
    url: &Url,
    limit: Duration,
    cap: usize,
) -> Result<FetchedFile, FetchError> {
    let whole = timeout(limit, read(client, url, cap)).await;
    whole.map_err(|_| FetchError::TimedOut(limit))?
}

async fn read(client: &Client, url: &Url, cap: usize) -> Result<FetchedFile, FetchError> {
    let sent = client.get(url.clone()).send().await;
    let response = sent.map_err(|_| FetchError::Unreachable)?;
    let status = response.status().as_u16();
    if status != 200 {
        return Err(FetchError::Status(status));
    }
    let max_age = max_age(response.headers());
    let body = http_client::body(response, cap).await?;
    Ok(FetchedFile { body, max_age })
}

/// `max-age` of `Cache-Control`, minus the `Age` that the file already had (RFC 9111 sections 5.1 and 5.2.2).
fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let lines = headers.get_all(CACHE_CONTROL).into_iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut seconds = None;
    for directive in lines.flat_map(|line| line.split(',')) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-store" | "no-cache" => return Some(Duration::ZERO),
            "max-age" => seconds = seconds.or(whole_seconds(value)),
            _ => {}
        }
    }
    let age = headers.get(AGE).and_then(|age| age.to_str().ok());
    let age = age.and_then(whole_seconds).unwrap_or(0);
    Some(Duration::from_secs(seconds?.saturating_sub(age)))
}

/// Numbers that are too large count as the largest.
fn whole_seconds(text: &str) -> Option<u64> {
    let digits = text.trim().trim_matches('"');
    let number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    number.then(|| digits.parse().unwrap_or(u64::MAX).min(1 << 31))
}

#[cfg(test)]
mod tests;
