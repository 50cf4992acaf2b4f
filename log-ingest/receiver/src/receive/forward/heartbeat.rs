//! Old forward clients send a datagram now and then and expect one byte back.

use std::time::Duration;

use tokio::net::UdpSocket;
use tokio_util::sync::CancellationToken;

/// Errors that come without end must not keep a processor busy.
const ERROR_PAUSE: Duration = Duration::from_millis(100);

/// Answers every datagram with one zero byte, which is hardly more than the smallest request, so there is nothing to amplify.
pub(crate) async fn answer_heartbeats(socket: UdpSocket, shutdown: CancellationToken) {
    let mut byte = [0u8; 1];
    loop {
        let received = tokio::select! {
            received = socket.recv_from(&mut byte) => received,
            () = shutdown.cancelled() => return,
        };
        // An error belongs to one datagram (such as "port unreachable" from an earlier answer), not to the socket.
        match received {
            Ok((_, client)) => drop(socket.send_to(&[0], client).await),
            Err(_) => tokio::time::sleep(ERROR_PAUSE).await,
        }
    }
}
