//! Where Postgres clients come in: connections are counted, say who they are within a time, and get a process each.
//!
//! What is said in a session is [`crate::postgres`]'s, in that process; here only the ends of messages are looked at.

mod cancel;
mod hello;
mod messages;
mod relay;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::connections::{
    ConnectionLimits, ConnectionMetrics, NoPlace, Places, TakenPlace, accept,
};
use crate::query::QueryError;
use crate::query::metrics::QueryMetrics;
use crate::workers::Workers;
use crate::workers::wire::{self, Job};
use cancel::CancelKeys;
use hello::{Hello, hello};
use messages::fatal;
use relay::Session;

/// What all connections share.
#[derive(Debug, Clone)]
pub struct PostgresDoor {
    session: Session,
    /// Of connections that have not said yet who they are: silent ones take no place of a session.
    waiting: Places,
    sessions: Places,
}

/// How long a client may take to say who it is, and how long to prove it.
const HELLO: Duration = Duration::from_secs(10);

/// Connections that have not said who they are.
const MOST_WAITING: ConnectionLimits = ConnectionLimits {
    total: 256,
    by_address: 64,
};

impl PostgresDoor {
    /// A door to these processes.
    pub fn new(
        workers: Workers,
        metrics: QueryMetrics,
        (limits, refused): (ConnectionLimits, ConnectionMetrics),
    ) -> Self {
        Self {
            session: Session {
                workers,
                keys: CancelKeys::default(),
                metrics,
            },
            waiting: Places::new("postgres", MOST_WAITING, refused.clone()),
            sessions: Places::new("postgres", limits, refused),
        }
    }

    /// Serves until shutdown.
    pub async fn serve(self, listener: TcpListener, shutdown: CancellationToken) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                Some(_ended) = connections.join_next() => {}
                (socket, peer) = accept(&listener) => match self.waiting.take(peer.ip()) {
                    Ok(place) => {
                        connections.spawn(self.clone().converse(socket, peer, place));
                    }
                    Err(none) => tracing::warn!(reason = %none, "closed a silent postgres connection"),
                }
            }
        }
        connections.shutdown().await;
    }

    async fn converse(self, mut socket: TcpStream, peer: SocketAddr, waiting: TakenPlace) {
        let said = timeout(HELLO, hello(&mut socket)).await;
        let packet = match said.unwrap_or_else(|elapsed| Err(elapsed.into())) {
            Ok(Hello::Start(packet)) => packet,
            Ok(Hello::Cancel(key)) => return self.session.keys.cancel(&key),
            Err(error) => return tracing::debug!(error = %error, "not a postgres client"),
        };
        let place = match self.sessions.take(peer.ip()) {
            Ok(place) => place,
            Err(none) => return refuse(socket, none).await,
        };
        drop(waiting);
        self.hold_session(socket, &packet).await;
        drop(place);
    }

    async fn hold_session(&self, mut socket: TcpStream, packet: &[u8]) {
        let workers = &self.session.workers;
        let begun = timeout(workers.limits().timeout, async {
            let mut worker = workers.take().await?;
            let told = async {
                wire::send_value(&mut worker.socket, &Job::Postgres).await?;
                worker.socket.write_all(packet).await
            };
            match told.await {
                Ok(()) => Ok(worker),
                Err(_gone) => Err(worker.why_it_ended().await),
            }
        });
        let timed_out = QueryError::TimedOut(workers.limits().timeout);
        match begun.await.unwrap_or(Err(timed_out)) {
            Ok(worker) => self.session.clone().relay(socket, worker, HELLO).await,
            Err(error) => {
                // The client may be gone.
                drop(socket.write_all(&fatal(&error)).await);
            }
        }
    }
}

/// Says why there is no session. A client that asks again at once gets no further.
async fn refuse(mut socket: TcpStream, none: NoPlace) {
    tracing::warn!(reason = %none, "refused a postgres session");
    let error = QueryError::Unavailable(none.to_string());
    drop(timeout(HELLO, socket.write_all(&fatal(&error))).await);
}
