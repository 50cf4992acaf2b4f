//! The sockets, bound by the embedding program, which may print their real addresses.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, UdpSocket};

use crate::config::ReceiverConfig;
use crate::receive::{ForwardTls, UnixSocket};

/// Bound sockets.
#[derive(Debug)]
pub struct Listeners {
    /// HTTP input.
    pub http: TcpListener,
    /// Forward protocol.
    pub forward: TcpListener,
    /// Heartbeats of forward clients, at the same port.
    pub heartbeat: UdpSocket,
    pub(crate) forward_tls: Option<Arc<ForwardTls>>,
    pub(crate) forward_unix: Option<UnixSocket>,
}

/// An address that cannot be bound, or a certificate that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} ({key}): {source}")]
pub struct BindError {
    key: &'static str,
    address: String,
    #[source]
    source: Box<dyn Error + Send + Sync>,
}

impl Listeners {
    /// Binds the configured addresses; port 0 lets the system choose. Reads the certificates.
    ///
    /// # Errors
    /// The first address that cannot be bound, or certificates that cannot be used.
    pub async fn bind(config: &ReceiverConfig) -> Result<Self, BindError> {
        let http = tcp("http.listen", config.http.listen)?;
        let forward = tcp("forward.listen", config.forward.listen)?;
        let address = forward.local_addr().unwrap_or(config.forward.listen);
        let heartbeat = UdpSocket::bind(address).await;
        let heartbeat = heartbeat.map_err(|source| error("forward.listen", &address, source))?;
        let tls = config.forward.tls.clone().map(ForwardTls::load).transpose();
        let tls = tls.map_err(|source| error("forward.tls", &address, source))?;
        let unix = config.forward.unix_socket.as_ref();
        let unix = unix.map(|(path, mode)| {
            UnixSocket::bind(path, *mode)
                .map_err(|source| error("forward.unix_socket", &path.display(), source))
        });
        Ok(Self {
            http,
            forward,
            heartbeat,
            forward_tls: tls.map(Arc::new),
            forward_unix: unix.transpose()?,
        })
    }
}

fn error(
    key: &'static str,
    address: &impl ToString,
    source: impl Error + Send + Sync + 'static,
) -> BindError {
    BindError {
        key,
        address: address.to_string(),
        source: source.into(),
    }
}

fn tcp(key: &'static str, address: SocketAddr) -> Result<TcpListener, BindError> {
    listen::bind(address).map_err(|source| error(key, &address, source))
}
