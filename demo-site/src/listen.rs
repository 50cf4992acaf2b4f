//! Sockets with the longest queue of connections that the system allows: a listener of the library's own keeps 128 visitors
//! who come at once, and the others wait a second for their next try.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

/// The system cuts it to what it allows (`net.core.somaxconn`).
const LONGEST_QUEUE: u32 = i32::MAX.unsigned_abs();

/// Binds an address; called by `main`.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(LONGEST_QUEUE)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::listen;
    use tokio::net::TcpStream;

    #[tokio::test]
    async fn more_visitors_than_a_usual_queue_holds_connect_before_any_is_accepted() {
        let most = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap();
        let visitors = most.trim().parse::<usize>().unwrap().min(400);
        let listener = listen(([127, 0, 0, 1], 0).into()).unwrap();
        let address = listener.local_addr().unwrap();
        let mut connected = Vec::new();
        for _ in 0..visitors {
            connected.push(TcpStream::connect(address).await.unwrap());
        }
        assert_eq!(connected.len(), visitors);
    }
}
