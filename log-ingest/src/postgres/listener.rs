//! Accepts Postgres connections, each a task of its own that ends with the server.

use std::sync::Arc;
use std::time::Duration;

use datafusion_postgres::pgwire::api::auth::StartupHandler;
use datafusion_postgres::pgwire::api::cancel::{CancelHandler, DefaultCancelHandler};
use datafusion_postgres::pgwire::api::query::{ExtendedQueryHandler, SimpleQueryHandler};
use datafusion_postgres::pgwire::api::{ClientInfo, ErrorHandler, PgWireServerHandlers};
use datafusion_postgres::pgwire::error::PgWireError;
use datafusion_postgres::pgwire::tokio::process_socket;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::PostgresServer;
use super::session::Session;
use super::startup::Startup;

/// Serves until shutdown. More connections than allowed are closed at once.
pub async fn serve(
    server: PostgresServer,
    listener: TcpListener,
    max_connections: usize,
    shutdown: CancellationToken,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(_ended) = connections.join_next() => {}
            socket = accept(&listener) => {
                if connections.len() < max_connections {
                    connections.spawn(converse(server.clone(), socket));
                } else {
                    tracing::warn!("too many postgres connections, closed the newest");
                }
            }
        }
    }
    connections.shutdown().await;
}

/// The next connection, whatever fails before it comes.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((socket, _peer)) => return socket,
            Err(error) => tracing::warn!(error = %error, "postgres accept failed"),
        }
        // Out of file descriptors, most likely: give the others time to end.
        tokio::time::sleep(RECOVERY).await;
    }
}

const RECOVERY: Duration = Duration::from_millis(100);

async fn converse(server: PostgresServer, socket: TcpStream) {
    let connection = Connection {
        startup: Arc::new(Startup::new(server.login.as_ref(), &server.connections)),
        cancel: Arc::new(DefaultCancelHandler::new(server.connections.clone())),
        session: Arc::new(Session(server)),
    };
    if let Err(error) = process_socket(socket, None, connection).await {
        tracing::debug!(error = %error, "postgres connection broke");
    }
}

/// The handlers of one connection.
struct Connection {
    session: Arc<Session>,
    startup: Arc<Startup>,
    cancel: Arc<DefaultCancelHandler>,
}

impl PgWireServerHandlers for Connection {
    fn simple_query_handler(&self) -> Arc<impl SimpleQueryHandler> {
        self.session.clone()
    }

    fn extended_query_handler(&self) -> Arc<impl ExtendedQueryHandler> {
        self.session.clone()
    }

    fn startup_handler(&self) -> Arc<impl StartupHandler> {
        self.startup.clone()
    }

    fn error_handler(&self) -> Arc<impl ErrorHandler> {
        Arc::new(LogErrors)
    }

    fn cancel_handler(&self) -> Arc<impl CancelHandler> {
        self.cancel.clone()
    }
}

/// The client gets the error; the log gets it too, for whoever looks into a client's trouble.
struct LogErrors;

impl ErrorHandler for LogErrors {
    fn on_error<C>(&self, _client: &C, error: &mut PgWireError)
    where
        C: ClientInfo,
    {
        tracing::debug!(error = %error, "postgres statement failed");
    }
}
