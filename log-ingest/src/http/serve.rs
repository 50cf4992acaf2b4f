//! Holds HTTP connections: caps in all and for one address, and a time limit for each request's head.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::connections::{Places, TakenPlace, accept};

/// How long the head of a request may take, from the opening of the connection or the end of the request before.
pub const HEAD: Duration = Duration::from_secs(10);

/// Longest head, bytes.
pub(super) const LONGEST_HEAD: usize = 64 << 10;

/// Serves until shutdown, each connection in a place of its own and with a time limit for each head.
///
/// Requests that are under way then are cut off, since all they do is read.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    (places, head): (Places, Duration),
    shutdown: CancellationToken,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(_ended) = connections.join_next() => {}
            (socket, peer) = accept(&listener) => match places.take(peer.ip()) {
                Ok(place) => {
                    connections.spawn(converse(socket, app.clone(), (place, head)));
                }
                Err(none) => tracing::warn!(reason = %none, "closed an HTTP connection"),
            }
        }
    }
    connections.shutdown().await;
}

async fn converse(socket: TcpStream, app: Router, (place, head): (TakenPlace, Duration)) {
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let app = app.clone();
        async move {
            let response: Result<Response<Body>, Infallible> =
                app.oneshot(request.map(Body::new)).await;
            response
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(socket), service);
    if let Err(error) = connection.await {
        tracing::debug!(error = %error, "HTTP connection broke");
    }
    drop(place);
}
