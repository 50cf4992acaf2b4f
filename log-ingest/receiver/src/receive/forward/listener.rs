//! Accepts forward protocol connections up to a cap and runs a session for each: TCP, TLS and the Unix socket.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;
use tokio::io::split;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::session::{Client, Session};
use super::tls::ForwardTls;
use super::unix_socket::UnixSocket;
use crate::receive::connections::{Connections, NoPlace, Place};
use crate::receive::labels::{Input, Reason};
use crate::receive::tally::Rejected;

/// Pause after an error of `accept`, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// A TLS handshake takes a few round trips; whoever takes longer is not a client.
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

impl Accepted {
    fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Tcp(_, address) => Some(*address),
            Self::Unix(_) => None,
        }
    }
}

impl ForwardListener {
    /// Accepts until `shutdown`, then waits until every session has sent the acks that it owes.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let connections = Connections::new(self.session.config.connections);
        let mut sessions = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.accept() => match accepted {
                    Ok(accepted) => self.start(accepted, &connections, &mut sessions, &shutdown),
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
        connections: &Connections,
        sessions: &mut JoinSet<()>,
        shutdown: &CancellationToken,
    ) {
        let place = match connections.admit(accepted.address(), Instant::now()) {
            Ok(place) => Arc::new(place),
            Err(no_place) => return self.refuse(no_place),
        };
        let connection = SessionTask {
            session: self.session.clone(),
            tls: self.tls.clone(),
            shutdown: shutdown.clone(),
            place,
        };
        sessions.spawn(connection.run(accepted));
    }

    fn refuse(&self, no_place: NoPlace) {
        self.session.metrics.connection_refused(Input::Forward);
        let limits = self.session.config.connections;
        let (limit, whose) = match no_place {
            NoPlace::All => (limits.all, "all clients"),
            NoPlace::Client => (limits.per_client, "one client"),
        };
        tracing::warn!(limit, whose, "forward connection closed: too many");
    }
}

/// What one connection's task owns.
#[derive(Debug)]
struct SessionTask {
    session: Session,
    tls: Option<Arc<ForwardTls>>,
    shutdown: CancellationToken,
    place: Arc<Place>,
}

impl SessionTask {
    async fn run(self, accepted: Accepted) {
        let counted = self.session.connection_opened();
        self.serve(accepted).await;
        if self.place.eviction().is_cancelled() {
            counted.evicted();
        }
    }

    async fn serve(&self, accepted: Accepted) {
        let shutdown = self.shutdown.clone();
        let session = self.session.clone();
        let mut client = Client {
            address: accepted.address(),
            has_certificate: false,
            place: Arc::clone(&self.place),
        };
        match (accepted, &self.tls) {
            (Accepted::Unix(stream), _) => {
                let halves = stream.into_split();
                session.run(halves, client, shutdown).await;
            }
            (Accepted::Tcp(stream, _), None) => {
                prepare(&stream);
                let halves = stream.into_split();
                session.run(halves, client, shutdown).await;
            }
            (Accepted::Tcp(stream, _), Some(tls)) => {
                prepare(&stream);
                let handshake = tls.acceptor().accept(stream);
                let outcome = tokio::select! {
                    outcome = tokio::time::timeout(TLS_TIMEOUT, handshake) => outcome,
                    () = shutdown.cancelled() => return,
                    () = self.place.eviction().cancelled() => return,
                };
                match outcome
                    .map_err(|_| io::ErrorKind::TimedOut.into())
                    .flatten()
                {
                    Ok(stream) => {
                        // A certificate is asked for only where there are authorities, and then it has been checked.
                        let (_, tls) = stream.get_ref();
                        client.has_certificate = tls.peer_certificates().is_some();
                        session.run(split(stream), client, shutdown).await;
                    }
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

/// Acks are small and waited for, and a peer that vanished without a word must be noticed eventually.
fn prepare(stream: &TcpStream) {
    drop(stream.set_nodelay(true));
    drop(SockRef::from(stream).set_keepalive(true));
}

async fn pause_after(error: &io::Error) {
    tracing::warn!(%error, "connection not accepted");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}
