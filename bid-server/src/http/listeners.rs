//! The bound sockets, created outside of [`crate::run`] so that tests can choose port 0.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use thiserror::Error;
use tokio::net::TcpListener;
use url::Url;

use crate::config::ListenConfig;

/// Both sockets.
#[derive(Debug)]
pub struct Listeners {
    /// Auctions.
    pub http: TcpListener,
    /// Metrics and status.
    pub admin: TcpListener,
    http_address: SocketAddr,
    admin_address: SocketAddr,
}

/// An address could not be bound.
#[derive(Debug, Error)]
#[error("{key}: cannot listen on {address}")]
pub struct BindError {
    key: &'static str,
    address: SocketAddr,
    source: io::Error,
}

impl Listeners {
    /// Binds the configured addresses; port 0 takes any free port.
    ///
    /// # Errors
    /// [`BindError`], naming the key.
    pub fn bind(config: &ListenConfig) -> Result<Self, BindError> {
        let (http, http_address) = bind("listen.http", config.http)?;
        let (admin, admin_address) = bind("listen.admin", config.admin)?;
        Ok(Self {
            http,
            admin,
            http_address,
            admin_address,
        })
    }

    /// The address for auctions.
    pub fn http_address(&self) -> SocketAddr {
        self.http_address
    }

    /// The address of the public listener as a URL.
    #[expect(
        clippy::expect_used,
        reason = "a socket address after http:// always is a URL"
    )]
    pub(crate) fn own_url(&self) -> Url {
        let text = format!("http://{}", self.http_address);
        Url::parse(&text).expect("a URL")
    }

    /// The address for operators.
    pub fn admin_address(&self) -> SocketAddr {
        self.admin_address
    }
}

/// `http=ADDRESS admin=ADDRESS`, for whoever started us.
impl fmt::Display for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http={} admin={}", self.http_address, self.admin_address)
    }
}

fn bind(key: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), BindError> {
    let fault = |source| BindError {
        key,
        address,
        source,
    };
    let listener = listen::bind(address).map_err(fault)?;
    let bound = listener.local_addr().map_err(fault)?;
    Ok((listener, bound))
}
