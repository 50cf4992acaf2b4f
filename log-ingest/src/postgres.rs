//! The tables for everything that speaks Postgres: psql, Grafana, Metabase, drivers.
//!
//! [`listener`] accepts connections, [`startup`] lets users in, `gate` refuses what is not a
//! reading statement before anything is planned, `session` runs the rest under the engine's
//! limits. Parsing, the system catalog and the wire format are those of `datafusion-postgres`.

mod gate;
mod limited;
pub mod listener;
mod session;
pub mod startup;

use std::sync::Arc;

use datafusion_postgres::DfSessionService;
use datafusion_postgres::hooks::set_show::SetShowHook;
use datafusion_postgres::hooks::transactions::TransactionStatementHook;
use datafusion_postgres::pgwire::api::ConnectionManager;
use datafusion_postgres::pgwire::error::{ErrorInfo, PgWireError};

use crate::metrics::QueryMetrics;
use crate::query::QueryError;
use crate::query::engine::Engine;
use startup::Login;

/// What all connections share.
#[derive(Clone)]
pub struct PostgresServer {
    engine: Engine,
    service: Arc<DfSessionService>,
    connections: Arc<ConnectionManager>,
    login: Option<Login>,
    metrics: QueryMetrics,
}

impl PostgresServer {
    /// A server over the engine; with a login, everybody must give it.
    pub fn new(engine: Engine, login: Option<Login>, metrics: QueryMetrics) -> Self {
        // The gate comes first: the others, and the engine, see only what it lets through.
        let service = DfSessionService::new_with_hooks(
            engine.context(),
            vec![
                Arc::new(gate::ReadOnlyGate),
                Arc::new(SetShowHook),
                Arc::new(TransactionStatementHook),
            ],
        );
        Self {
            engine,
            service: Arc::new(service),
            connections: Arc::new(ConnectionManager::new()),
            login,
            metrics,
        }
    }
}

impl std::fmt::Debug for PostgresServer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("PostgresServer")
            .finish_non_exhaustive()
    }
}

/// The error as a client sees it, with the state that Postgres gives to such a fault.
fn to_wire(error: &QueryError) -> PgWireError {
    let state = match error {
        QueryError::Refused(_) => "25006",     // read_only_sql_transaction
        QueryError::Sql(_) => "42000",         // syntax_error_or_access_rule_violation
        QueryError::TimedOut(_) => "57014",    // query_canceled
        QueryError::TooManyRows(_) => "54000", // program_limit_exceeded
        QueryError::TooLarge(_) => "53200",    // out_of_memory
        QueryError::Internal(_) => "XX000",    // internal_error
    };
    let info = ErrorInfo::new("ERROR".to_owned(), state.to_owned(), error.to_string());
    PgWireError::UserError(Box::new(info))
}
