//! What our HTTP clients have in common, but for the one that calls SSPs.

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use thiserror::Error;

/// An HTTP client cannot be built.
#[derive(Debug, Error)]
pub enum ClientError {
    /// One for other servers than SSPs.
    #[error("an HTTP client cannot be set up")]
    Other(#[from] reqwest::Error),
    /// The one for SSPs.
    #[error("TLS for calls to SSPs cannot be set up")]
    Ssps(#[from] rustls::Error),
}

/// A client that goes where it is told and nowhere else: it follows no redirects, because whoever
/// answers could send us anywhere, and it asks no proxy.
pub(crate) fn builder() -> ClientBuilder {
    Client::builder().redirect(Policy::none()).no_proxy()
}
