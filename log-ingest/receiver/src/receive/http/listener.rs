//! A TCP listener for axum under the caps of `[http]`: on connections in all and from one client, and on silence.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::TcpListener;

use super::config::HttpConfig;
use super::stream::HttpStream;
use crate::receive::connections::Connections;
use crate::receive::labels::Input;
use crate::receive::metrics::ReceiveMetrics;
use crate::setting::Network;

/// The listener with its caps. Where there is no place for a connection, it and those behind it wait.
#[derive(Debug)]
pub(crate) struct CappedListener {
    listener: TcpListener,
    connections: Connections,
    patience: Patience,
    proxies: Arc<[Network]>,
    metrics: ReceiveMetrics,
}

/// How long a client may be silent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// Between requests, or in the middle of a body.
    pub(super) idle: Duration,
    /// A request's head must be whole within this time.
    pub(super) head: Duration,
}

impl CappedListener {
    pub(crate) fn new(listener: TcpListener, config: &HttpConfig, metrics: ReceiveMetrics) -> Self {
        Self {
            listener,
            connections: Connections::new(config.connections),
            patience: Patience {
                idle: config.idle_timeout,
                head: config.head_timeout.min(config.idle_timeout),
            },
            proxies: config.trusted_proxies.clone().into(),
            metrics,
        }
    }
}

impl Listener for CappedListener {
    type Io = HttpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.listener).await;
            let is_proxy = |network: &Network| network.contains(address.ip());
            // A proxy's connections are those of many clients.
            let client = Some(address.ip()).filter(|_| !self.proxies.iter().any(is_proxy));
            let Some(place) = self.connections.admit_when_free(client).await else {
                self.metrics.connection_refused(Input::Http);
                continue;
            };
            drop(stream.set_nodelay(true));
            let counted = self.metrics.connection_opened(Input::Http);
            let stream = HttpStream::new(stream, place, self.patience, counted);
            return (stream, address);
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
