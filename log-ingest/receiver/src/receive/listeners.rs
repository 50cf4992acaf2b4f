//! The sockets, bound by the embedding program, which may print their real addresses.

use std::error::Error;
use std::fs::{self, Permissions};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::{TcpListener, UdpSocket, UnixListener};

use super::forward_tls::ForwardTls;
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
    pub(crate) forward_tls: Option<Arc<ForwardTls>>,
    pub(crate) forward_unix: Option<UnixSocket>,
}

/// A Unix socket whose file goes when it does.
#[derive(Debug)]
pub(crate) struct UnixSocket {
    pub(crate) listener: UnixListener,
    path: PathBuf,
}

impl Drop for UnixSocket {
    fn drop(&mut self) {
        // Gone already is as good.
        drop(fs::remove_file(&self.path));
    }
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
        let http = tcp("http.listen", config.http.listen).await?;
        let forward = tcp("forward.listen", config.forward.listen).await?;
        let address = forward.local_addr().unwrap_or(config.forward.listen);
        let heartbeat = UdpSocket::bind(address).await;
        let heartbeat = heartbeat.map_err(|source| error("forward.listen", &address, source))?;
        let tls = config.forward.tls.clone().map(ForwardTls::load).transpose();
        let tls = tls.map_err(|source| error("forward.tls", &address, source))?;
        let unix = config.forward.unix_socket.as_ref();
        let unix = unix.map(|(path, mode)| {
            bind_unix(path, *mode)
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

async fn tcp(key: &'static str, address: SocketAddr) -> Result<TcpListener, BindError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|source| error(key, &address, source))
}

/// A socket that a crash left behind is replaced; one that somebody answers on is not.
fn bind_unix(path: &Path, mode: u32) -> io::Result<UnixSocket> {
    let left = fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    if left {
        if UnixStream::connect(path).is_ok() {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        fs::remove_file(path)?;
    }
    let socket = UnixSocket {
        listener: UnixListener::bind(path)?,
        path: path.to_owned(),
    };
    fs::set_permissions(path, Permissions::from_mode(mode))?;
    Ok(socket)
}
