//! Old forward clients send a datagram now and then and expect one byte back.

use tokio::net::UdpSocket;
use tokio_util::sync::CancellationToken;

/// Answers every datagram with one zero byte, which is less than any request, so nothing is amplified.
pub(crate) async fn answer_heartbeats(socket: UdpSocket, shutdown: CancellationToken) {
    let mut byte = [0u8; 1];
    loop {
        let received = tokio::select! {
            received = socket.recv_from(&mut byte) => received,
            () = shutdown.cancelled() => return,
        };
        // An error belongs to one datagram (such as "port unreachable" from an earlier answer), not to the socket.
        if let Ok((_, client)) = received {
            drop(socket.send_to(&[0], client).await);
        }
    }
}
