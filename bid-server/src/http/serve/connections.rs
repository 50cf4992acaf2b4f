//! Accepts connections up to a limit, serves each, and lets all of them finish what they are doing when asked
//! to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::head_watch::{HeadWatch, Phase};
use super::one_request::OneRequest;
use crate::config::ListenConfig;
use crate::http::app::App;

/// The pause after a failure of accept that will not pass by itself, such as having no file handles left.
const PAUSE: Duration = Duration::from_millis(200);
/// How many connections over the limit are told so at the same time; any more are closed at once.
const MOST_REFUSALS: usize = 64;
/// How long such a connection may take to read that.
const REFUSAL_TIME: Duration = Duration::from_secs(1);
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nCache-Control: no-store\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 25\r\nConnection: close\r\n\r\ntoo many open connections";

/// Serves the routes on a listener until `stop`, then until the last open request is answered.
pub(super) async fn serve(
    listener: TcpListener,
    routes: Router,
    app: Arc<App>,
    stop: CancellationToken,
) -> io::Result<()> {
    let limits = Arc::new(app.pipeline.config.listen.clone());
    let places = Arc::new(Semaphore::new(limits.max_connections));
    let refusals = Arc::new(Semaphore::new(MOST_REFUSALS));
    let mut open = JoinSet::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = accept(&listener) => accepted,
            Some(_) = open.join_next() => continue,
            () = stop.cancelled() => break,
        };
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            let served = Connection {
                peer,
                routes: routes.clone(),
                app: Arc::clone(&app),
                limits: Arc::clone(&limits),
                stop: stop.clone(),
                place,
            };
            open.spawn(served.serve(stream));
        } else if let Ok(place) = Arc::clone(&refusals).try_acquire_owned() {
            open.spawn(refuse(stream, place));
        }
    }
    drop(listener);
    while open.join_next().await.is_some() {}
    Ok(())
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // The client is gone already; the next one may be there.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::warn!(%error, "cannot accept connections");
                sleep(PAUSE).await;
            }
        }
    }
}

struct Connection {
    peer: SocketAddr,
    routes: Router,
    app: Arc<App>,
    limits: Arc<ListenConfig>,
    stop: CancellationToken,
    place: OwnedSemaphorePermit,
}

impl Connection {
    async fn serve(self, stream: TcpStream) {
        send_at_once(&stream);
        let stream = Arc::new(stream);
        let phase = Phase::default();
        let io = TokioIo::new(HeadWatch::new(
            Arc::clone(&stream),
            phase.clone(),
            self.limits.head_timeout,
        ));
        let service = OneRequest {
            routes: self.routes,
            app: self.app,
            peer: self.peer.ip(),
            max_target_bytes: self.limits.max_target_bytes,
            max_head_bytes: self.limits.max_head_bytes,
            stream,
            phase,
        };
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.idle_timeout)
            // A client that has asked and sends no more may still wait for the answer; `gone` finds out.
            .half_close(true)
            .max_buf_size(self.limits.max_head_bytes)
            .serve_connection(io, service);
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        note(ended);
        drop(self.place);
    }
}

fn note(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

/// An answer is one small write: waiting for more data would only delay it.
fn send_at_once(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
}

/// Answers before anything is read, then reads on until the client has seen the answer: closing earlier would
/// discard it.
async fn refuse(mut stream: TcpStream, place: OwnedSemaphorePermit) {
    let answered = async {
        stream.write_all(REFUSAL).await?;
        stream.shutdown().await?;
        let mut unread = [0; 1024];
        while stream.read(&mut unread).await? > 0 {}
        io::Result::Ok(())
    };
    if !matches!(timeout(REFUSAL_TIME, answered).await, Ok(Ok(()))) {
        tracing::debug!("a connection over the limit was closed");
    }
    drop(place);
}
