//! What all our HTTP clients have in common.

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use thiserror::Error;

/// An HTTP client cannot be built.
#[derive(Debug, Error)]
#[error("an HTTP client cannot be set up")]
pub struct ClientError(#[from] reqwest::Error);

/// A client that goes where it is told and nowhere else: it follows no redirects, because whoever
/// answers could send us anywhere, and it asks no proxy.
pub(crate) fn builder() -> ClientBuilder {
    Client::builder().redirect(Policy::none()).no_proxy()
}
