//! Accepts forward protocol connections up to a cap and runs a session for each.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::forward_session::Session;
use crate::buffer::Buffer;
use crate::config::ForwardConfig;
use crate::metrics::{Metrics, Receiver};

/// Pause after an error of `accept`, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The listening side of the forward input.
#[derive(Debug)]
pub(crate) struct ForwardListener {
    pub(crate) listener: TcpListener,
    pub(crate) config: ForwardConfig,
    pub(crate) buffer: Buffer,
    pub(crate) metrics: Metrics,
}

impl ForwardListener {
    /// Accepts until `shutdown`, then waits until every session has sent the acks that it owes.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let room = Arc::new(Semaphore::new(self.config.max_connections));
        let mut sessions = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => self.start(stream, &room, &mut sessions, &shutdown),
                    Err(error) => pause_after(&error).await,
                },
                Some(_) = sessions.join_next() => {}
                () = shutdown.cancelled() => break,
            }
        }
        drop(self.listener);
        while sessions.join_next().await.is_some() {}
    }

    fn start(
        &self,
        stream: TcpStream,
        room: &Arc<Semaphore>,
        sessions: &mut JoinSet<()>,
        shutdown: &CancellationToken,
    ) {
        let Ok(permit) = Arc::clone(room).try_acquire_owned() else {
            self.metrics.connection_refused(Receiver::Forward);
            tracing::warn!(
                limit = self.config.max_connections,
                "forward connection closed: too many"
            );
            return;
        };
        // Acks are small and waited for.
        drop(stream.set_nodelay(true));
        let session = Session {
            config: self.config.clone(),
            buffer: self.buffer.clone(),
            metrics: self.metrics.clone(),
        };
        let shutdown = shutdown.clone();
        sessions.spawn(async move {
            let _connection = session.metrics.connection_opened(Receiver::Forward);
            session.run(stream, shutdown).await;
            drop(permit);
        });
    }
}

async fn pause_after(error: &std::io::Error) {
    tracing::warn!(%error, "connection not accepted");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}
