//! Accepts forward protocol connections up to a cap and runs a session for each: TCP, TLS and the Unix socket.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;
use tokio::io::split;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::session::Session;
use super::tls::ForwardTls;
use super::unix_socket::UnixSocket;
use crate::receive::labels::{Input, Reason};
use crate::receive::tally::Rejected;

/// Pause after an error of `accept`, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// A TLS handshake takes a few round trips; who takes longer is not a client.
const TLS_TIMEOUT: Duration = Duration::from_secs(10);

/// The listening side of the forward input.
#[derive(Debug)]
pub(crate) struct ForwardListener {
    pub(crate) tcp: TcpListener,
    pub(crate) tls: Option<Arc<ForwardTls>>,
    pub(crate) unix: Option<UnixSocket>,
    pub(crate) session: Session,
}

/// A connection before its session.
#[derive(Debug)]
enum Accepted {
    Tcp(TcpStream, IpAddr),
    Unix(UnixStream),
}

impl ForwardListener {
    /// Accepts until `shutdown`, then waits until every session has sent the acks that it owes.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let room = Arc::new(Semaphore::new(self.session.config.max_connections));
        let mut sessions = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.accept() => match accepted {
                    Ok(accepted) => self.start(accepted, &room, &mut sessions, &shutdown),
                    Err(error) => pause_after(&error).await,
                },
                Some(_) = sessions.join_next() => {}
                () = shutdown.cancelled() => break,
            }
        }
        drop((self.tcp, self.unix));
        while sessions.join_next().await.is_some() {}
    }

    async fn accept(&self) -> io::Result<Accepted> {
        let unix = async {
            match &self.unix {
                Some(socket) => socket.listener.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            accepted = self.tcp.accept() => {
                accepted.map(|(stream, peer)| Accepted::Tcp(stream, peer.ip()))
            }
            accepted = unix => accepted.map(|(stream, _)| Accepted::Unix(stream)),
        }
    }

    fn start(
        &self,
        accepted: Accepted,
        room: &Arc<Semaphore>,
        sessions: &mut JoinSet<()>,
        shutdown: &CancellationToken,
    ) {
        let Ok(permit) = Arc::clone(room).try_acquire_owned() else {
            self.session.metrics.connection_refused(Input::Forward);
            tracing::warn!(
                limit = self.session.config.max_connections,
                "forward connection closed: too many"
            );
            return;
        };
        let connection = Connection {
            session: self.session.clone(),
            tls: self.tls.clone(),
            shutdown: shutdown.clone(),
            _permit: permit,
        };
        sessions.spawn(connection.run(accepted));
    }
}

/// What one connection's task owns.
#[derive(Debug)]
struct Connection {
    session: Session,
    tls: Option<Arc<ForwardTls>>,
    shutdown: CancellationToken,
    _permit: OwnedSemaphorePermit,
}

impl Connection {
    async fn run(self, accepted: Accepted) {
        let _counted = self.session.connection_opened();
        let shutdown = self.shutdown.clone();
        match (accepted, &self.tls) {
            (Accepted::Unix(stream), _) => {
                let halves = stream.into_split();
                self.session.run(halves, None, shutdown).await;
            }
            (Accepted::Tcp(stream, peer), None) => {
                prepare(&stream);
                let halves = stream.into_split();
                self.session.run(halves, Some(peer), shutdown).await;
            }
            (Accepted::Tcp(stream, peer), Some(tls)) => {
                prepare(&stream);
                let handshake = tls.acceptor().accept(stream);
                let outcome = tokio::select! {
                    outcome = tokio::time::timeout(TLS_TIMEOUT, handshake) => outcome,
                    () = shutdown.cancelled() => return,
                };
                match outcome
                    .map_err(|_| io::ErrorKind::TimedOut.into())
                    .flatten()
                {
                    Ok(stream) => self.session.run(split(stream), Some(peer), shutdown).await,
                    Err(error) => self.not_tls(&error),
                }
            }
        }
    }

    /// Connecting and closing is a heartbeat here too.
    fn not_tls(&self, error: &io::Error) {
        if error.kind() != io::ErrorKind::UnexpectedEof {
            self.session
                .metrics
                .refused(Input::Forward, Reason::Tls, &Rejected::default());
            tracing::warn!(error = %error, "forward connection closed: no TLS");
        }
    }
}

/// Acks are small and waited for, and a peer that vanished without a word must be noticed some day.
fn prepare(stream: &TcpStream) {
    drop(stream.set_nodelay(true));
    drop(SockRef::from(stream).set_keepalive(true));
}

async fn pause_after(error: &io::Error) {
    tracing::warn!(%error, "connection not accepted");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}
