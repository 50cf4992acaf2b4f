//! What our HTTP clients have in common, except for the one that calls SSPs.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, Response};
use thiserror::Error;

use crate::data::public_address::PublicOnly;
use crate::data::tls::TlsConfig;

/// An HTTP client could not be built.
#[derive(Debug, Error)]
pub enum ClientError {
    /// One for servers other than SSPs.
    #[error("an HTTP client cannot be set up")]
    Other(#[from] reqwest::Error),
    /// The one for SSPs.
    #[error("TLS for calls to SSPs cannot be set up")]
    Ssps(#[from] rustls::Error),
}

/// A client that goes only where it is told to: it follows no redirects, because the server could send us
/// anywhere, and uses no proxy.
///
/// # Errors
/// If an additional trusted root cannot be read.
pub(crate) fn builder(tls: &TlsConfig) -> reqwest::Result<ClientBuilder> {
    let roots = tls.extra_roots.iter();
    let roots: reqwest::Result<Vec<Certificate>> =
        roots.map(|root| Certificate::from_der(root)).collect();
    let client = Client::builder().redirect(Policy::none()).no_proxy();
    Ok(client.tls_certs_merge(roots?))
}

/// The same for addresses that somebody else chose; `public_only` = no address of our own network is resolved.
///
/// # Errors
/// Those of [`builder`].
pub(crate) fn builder_for_chosen(
    public_only: bool,
    tls: &TlsConfig,
) -> reqwest::Result<ClientBuilder> {
    let client = builder(tls)?;
    Ok(match public_only {
        true => client.dns_resolver(Arc::new(PublicOnly)),
        false => client,
    })
}

/// Why a body is incomplete.
#[derive(Debug, Error)]
pub(crate) enum BodyError {
    /// The connection broke, or time ran out.
    #[error(transparent)]
    Broken(#[from] reqwest::Error),
    /// It has more bytes than this.
    #[error("larger than {0} bytes")]
    TooLarge(usize),
}

/// The whole body, if it has at most `cap` bytes.
pub(crate) async fn body(mut response: Response, cap: usize) -> Result<Bytes, BodyError> {
    let mut whole = BytesMut::new();
    while let Some(part) = response.chunk().await? {
        if whole.len() + part.len() > cap {
            return Err(BodyError::TooLarge(cap));
        }
        whole.extend_from_slice(&part);
    }
    Ok(whole.freeze())
}
