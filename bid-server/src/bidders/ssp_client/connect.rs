//! [`Connector`]: makes new connections, with TLS if the address asks for it.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::http::Uri;
use hyper::client::conn::http2;
use hyper::rt::Executor as _;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::dns::{GaiAddrs, GaiResolver, Name};
use hyper_util::client::legacy::connect::{Connection as _, HttpConnector};
use hyper_util::rt::TokioExecutor;
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls_platform_verifier::Verifier;
use tokio::time::{Instant, timeout};
use tower::{Service, ServiceExt as _, service_fn};

use super::http1::{Http1, Stream};
use super::pool::Open;
use super::{ConnectMetrics, ExchangeError};
use crate::data::tls::TlsConfig;

/// Opens connections.
#[derive(Debug)]
pub(super) struct Connector {
    http: HttpConnector<TimedLookup>,
    tls: Arc<ClientConfig>,
    limit: Duration,
    metrics: Arc<ConnectMetrics>,
}

impl Connector {
    /// `limit` is the time that each connection may take to be made, including TLS.
    pub(super) fn new(
        limit: Duration,
        trust: &TlsConfig,
        metrics: Arc<ConnectMetrics>,
    ) -> Result<Self, rustls::Error> {
        let lookup = TimedLookup {
            resolver: GaiResolver::new(),
            metrics: Arc::clone(&metrics),
        };
        let mut http = HttpConnector::new_with_resolver(lookup);
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(limit));
        Ok(Self {
            http,
            tls: Arc::new(tls(trust)?),
            limit,
            metrics,
        })
    }

    /// A new connection to this address.
    pub(super) async fn connect(&self, uri: &Uri) -> Result<Open, ExchangeError> {
        let opened = timeout(self.limit, self.open(uri)).await;
        let opened = opened.map_err(|_| ExchangeError::Connect)?;
        opened.ok_or(ExchangeError::Connect)
    }

    async fn open(&self, uri: &Uri) -> Option<Open> {
        let stream = self.stream(uri).await?;
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

    async fn stream(&self, uri: &Uri) -> Option<Stream> {
        let reached = Arc::new(OnceLock::new());
        let (http, noted) = (self.http.clone(), Arc::clone(&reached));
        let noting = service_fn(move |uri: Uri| {
            let (http, noted) = (http.clone(), Arc::clone(&noted));
            async move {
                let stream = http.oneshot(uri).await;
                noted.get_or_init(Instant::now);
                stream
            }
        });
        let connector = HttpsConnector::from((noting, Arc::clone(&self.tls)));
        let stream = connector.oneshot(uri.clone()).await.ok()?;
        if let (MaybeHttpsStream::Https(_), Some(reached)) = (&stream, reached.get()) {
            self.metrics.shook_hands(reached.elapsed());
        }
        Some(stream)
    }
}

/// The system's resolver, with its time recorded.
#[derive(Debug, Clone)]
struct TimedLookup {
    resolver: GaiResolver,
    metrics: Arc<ConnectMetrics>,
}

/// Addresses, later.
type Lookup = Pin<Box<dyn Future<Output = io::Result<GaiAddrs>> + Send>>;

impl Service<Name> for TimedLookup {
    type Response = GaiAddrs;
    type Error = io::Error;
    type Future = Lookup;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.resolver.poll_ready(cx)
    }

    fn call(&mut self, name: Name) -> Lookup {
        let start = Instant::now();
        let found = self.resolver.call(name);
        let metrics = Arc::clone(&self.metrics);
        Box::pin(async move {
            let found = found.await;
            metrics.looked_up(start.elapsed());
            found
        })
    }
}

/// Trusts the roots of the operating system and of the settings; speaks HTTP/2 if the SSP does.
fn tls(trust: &TlsConfig) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let roots = trust.extra_roots.iter().cloned();
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider))?;
    let config = ClientConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions()?;
    // The system's verifier; this is the only way to give it more roots.
    let config = config
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = config.with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
