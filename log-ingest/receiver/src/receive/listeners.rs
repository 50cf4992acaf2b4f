//! The sockets, bound by the embedding program, which may print their real addresses.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, UdpSocket};

use crate::config::ReceiverConfig;

/// Bound sockets.
#[derive(Debug)]
pub struct Listeners {
    /// HTTP input.
    pub http: TcpListener,
    /// Forward protocol.
    pub forward: TcpListener,
    /// Heartbeats of forward clients, at the same port.
    pub heartbeat: UdpSocket,
}

/// An address that cannot be bound.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} ({key})")]
pub struct BindError {
    key: &'static str,
    address: SocketAddr,
    #[source]
    source: io::Error,
}

impl Listeners {
    /// Binds the configured addresses; port 0 lets the system choose.
    ///
    /// # Errors
    /// The first address that cannot be bound.
    pub async fn bind(config: &ReceiverConfig) -> Result<Self, BindError> {
        let http = tcp("http.listen", config.http.listen).await?;
        let forward = tcp("forward.listen", config.forward.listen).await?;
        let address = forward.local_addr().unwrap_or(config.forward.listen);
        let heartbeat = UdpSocket::bind(address).await;
        let heartbeat = heartbeat.map_err(|source| BindError {
            key: "forward.listen",
            address,
            source,
        })?;
        Ok(Self {
            http,
            forward,
            heartbeat,
        })
    }
}

async fn tcp(key: &'static str, address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| BindError {
            key,
            address,
            source,
        })
}
