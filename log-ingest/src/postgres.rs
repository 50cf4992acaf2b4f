//! The tables for everything that speaks Postgres: psql, Grafana, Metabase, drivers.
//!
//! This is the part that runs in a process for queries and speaks to one client; [`crate::postgres_door`] is the part
//! that listens. [`startup`] lets users in, `gate` refuses what is not a reading statement before anything is planned,
//! `session` runs the rest under the limits of `limit`. Parsing, the system catalog and the wire format are those of
//! `datafusion-postgres`.

mod errors;
mod gate;
mod limit;
mod parser;
mod session;
pub mod startup;
mod watchdog;

use std::io;
use std::sync::Arc;

use datafusion_postgres::DfSessionService;
use datafusion_postgres::hooks::set_show::SetShowHook;
use datafusion_postgres::hooks::transactions::TransactionStatementHook;
use datafusion_postgres::pgwire::api::auth::StartupHandler;
use datafusion_postgres::pgwire::api::cancel::{CancelHandler, DefaultCancelHandler};
use datafusion_postgres::pgwire::api::query::{ExtendedQueryHandler, SimpleQueryHandler};
use datafusion_postgres::pgwire::api::{ConnectionManager, ErrorHandler, PgWireServerHandlers};
use datafusion_postgres::pgwire::tokio::process_socket_unix;
use tokio::net::UnixStream;
use tokio::sync::watch;

use crate::query::engine::Engine;
use errors::TranslateErrors;
use session::Session;
use startup::{Login, Startup};
use watchdog::Watchdog;

/// What a conversation is held with.
#[derive(Clone)]
pub struct PostgresServer {
    engine: Engine,
    service: Arc<DfSessionService>,
    connections: Arc<ConnectionManager>,
    login: Option<Login>,
    /// Changes when the client cancels what it asked for.
    interrupts: watch::Receiver<u64>,
    watchdog: Watchdog,
}

impl PostgresServer {
    /// A server over the engine; with a login, the client must give it.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn new(
        engine: Engine,
        login: Option<Login>,
        interrupts: watch::Receiver<u64>,
    ) -> io::Result<Self> {
        // The gate comes first: the others, and the engine, see only what it lets through.
        let service = DfSessionService::new_with_hooks(
            engine.context(),
            vec![
                Arc::new(gate::ReadOnlyGate),
                Arc::new(SetShowHook),
                Arc::new(TransactionStatementHook),
            ],
        );
        Ok(Self {
            engine,
            service: Arc::new(service),
            connections: Arc::new(ConnectionManager::new()),
            login,
            interrupts,
            watchdog: Watchdog::start()?,
        })
    }
}

impl std::fmt::Debug for PostgresServer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("PostgresServer")
            .finish_non_exhaustive()
    }
}

/// Speaks to a client until it goes.
///
/// # Errors
/// The connection broke.
pub async fn converse(server: PostgresServer, socket: UnixStream) -> io::Result<()> {
    let conversation = Conversation {
        startup: Arc::new(Startup::new(server.login.as_ref(), &server.connections)),
        cancel: Arc::new(DefaultCancelHandler::new(Arc::clone(&server.connections))),
        session: Arc::new(Session::new(server)),
    };
    process_socket_unix(socket, conversation).await
}

/// The handlers of one client's messages.
struct Conversation {
    session: Arc<Session>,
    startup: Arc<Startup>,
    cancel: Arc<DefaultCancelHandler>,
}

impl PgWireServerHandlers for Conversation {
    fn simple_query_handler(&self) -> Arc<impl SimpleQueryHandler> {
        Arc::clone(&self.session)
    }

    fn extended_query_handler(&self) -> Arc<impl ExtendedQueryHandler> {
        Arc::clone(&self.session)
    }

    fn startup_handler(&self) -> Arc<impl StartupHandler> {
        Arc::clone(&self.startup)
    }

    fn error_handler(&self) -> Arc<impl ErrorHandler> {
        Arc::new(TranslateErrors)
    }

    fn cancel_handler(&self) -> Arc<impl CancelHandler> {
        Arc::clone(&self.cancel)
    }
}
