//! [`Connector`]: new connections, with TLS where the address asks for it.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Uri;
use hyper::client::conn::http2;
use hyper::rt::Executor as _;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::{Connection as _, HttpConnector};
use hyper_util::rt::TokioExecutor;
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls_platform_verifier::Verifier;
use tokio::time::timeout;
use tower::ServiceExt as _;

use super::ExchangeError;
use super::http1::{Http1, Stream};
use super::pool::Open;
use crate::config::TlsConfig;

/// Opens connections.
#[derive(Debug)]
pub(super) struct Connector {
    connector: HttpsConnector<HttpConnector>,
    limit: Duration,
}

impl Connector {
    /// Each connection, TLS included, has so much time to be made.
    pub(super) fn new(limit: Duration, trust: &TlsConfig) -> Result<Self, rustls::Error> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(limit));
        Ok(Self {
            connector: HttpsConnector::from((http, tls(trust)?)),
            limit,
        })
    }

    /// A new connection to where this leads.
    pub(super) async fn connect(&self, uri: &Uri) -> Result<Open, ExchangeError> {
        let opened = timeout(self.limit, self.open(uri)).await;
        let opened = opened.map_err(|_| ExchangeError::Connect)?;
        opened.ok_or(ExchangeError::Connect)
    }

    async fn open(&self, uri: &Uri) -> Option<Open> {
        let stream: Stream = self.connector.clone().oneshot(uri.clone()).await.ok()?;
        if !stream.connected().is_negotiated_h2() {
            let connection = Http1::open(stream).await.ok()?;
            return Some(Open::One(Box::new(connection)));
        }
        let handshake = http2::handshake(TokioExecutor::new(), stream);
        let (sender, connection) = handshake.await.ok()?;
        // It serves many calls at once, so none of them can drive it.
        TokioExecutor::new().execute(async {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to an SSP broke");
            }
        });
        Some(Open::Many(sender))
    }
}

/// Trusts whom the operating system and the settings trust; HTTP/2 where the SSP speaks it.
fn tls(trust: &TlsConfig) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let roots = trust.extra_roots.iter().cloned();
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider))?;
    let config = ClientConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions()?;
    // The system's verifier, which can be given more roots in this way alone.
    let config = config
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = config.with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
