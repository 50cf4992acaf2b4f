//! How many connections may wait to be accepted.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

/// More than any system allows; the system uses its own maximum instead (`net.core.somaxconn` on Linux).
pub(crate) const LONGEST_BACKLOG: u32 = i32::MAX.cast_unsigned();

/// Listens with the longest queue of connections that the system allows. With the usual 128, most of the clients that connect at
/// the same time wait a second for their second attempt, or longer.
///
/// # Errors
/// If the address cannot be bound.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // As `TcpListener::bind` does, so that a restart need not wait for old connections to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(LONGEST_BACKLOG)
}
