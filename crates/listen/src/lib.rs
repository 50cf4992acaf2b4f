//! Listening sockets for all of our servers.
//!
//! The listener of the standard library, and tokio's, keep 128 or 1024 connections that wait to be accepted. If
//! more clients come at once, each of the others waits a second for the next attempt of its TCP stack.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use tokio::net::{TcpListener, TcpSocket, UnixListener, UnixSocket};

/// The system cuts it to what it allows (`net.core.somaxconn`).
const LONGEST_QUEUE: u32 = i32::MAX.unsigned_abs();

/// Binds an address; port 0 takes any free port.
///
/// # Errors
/// When the address is taken, or does not belong to this machine.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A server that is started again must not wait for the last connections of the one before it.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(LONGEST_QUEUE)
}

/// Binds a socket of the file system at a path where there is nothing.
///
/// # Errors
/// When something is there, or nothing may be made there.
pub fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    let socket = UnixSocket::new_stream()?;
    socket.bind(path)?;
    socket.listen(LONGEST_QUEUE)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use tokio::net::TcpStream;

    use super::bind;

    #[tokio::test]
    async fn more_clients_than_a_usual_queue_holds_connect_before_any_is_accepted() {
        let most = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap();
        let clients = most.trim().parse::<usize>().unwrap().min(600);
        let listener = bind(([127, 0, 0, 1], 0).into()).unwrap();
        let address = listener.local_addr().unwrap();
        let mut connected = Vec::new();
        for _ in 0..clients {
            connected.push(TcpStream::connect(address).await.unwrap());
        }
        assert_eq!(connected.len(), clients);
    }
}
