//! Errors as a client sees them, with the state that Postgres gives such a fault.

use std::error::Error;

use datafusion::error::DataFusionError;
use datafusion::sql::sqlparser::parser::ParserError;
use datafusion_postgres::pgwire::api::{ClientInfo, ErrorHandler};
use datafusion_postgres::pgwire::error::{ErrorInfo, PgWireError};

use crate::query::QueryError;
use crate::query::sql_state::SqlState;

/// One of our errors, for the wire.
pub(super) fn to_wire(error: &QueryError) -> PgWireError {
    let info = ErrorInfo::new(
        "ERROR".to_owned(),
        error.sql_state().to_owned(),
        error.to_string(),
    );
    PgWireError::UserError(Box::new(info))
}

/// Sees each error before it is sent. The library has one state for everything that the engine says.
pub(super) struct TranslateErrors;

impl ErrorHandler for TranslateErrors {
    fn on_error<C>(&self, _client: &C, error: &mut PgWireError)
    where
        C: ClientInfo,
    {
        if let Some(ours) = translated(error) {
            *error = to_wire(&ours);
        }
        tracing::debug!(error = %error, "postgres statement failed");
    }
}

/// The error as one of ours, if the engine or its parser made it.
pub(super) fn translated(error: &PgWireError) -> Option<QueryError> {
    let PgWireError::ApiError(source) = error else {
        return None;
    };
    let mut source: Option<&(dyn Error + 'static)> = Some(source.as_ref());
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<DataFusionError>() {
            return Some(QueryError::of_engine(error));
        }
        if let Some(error) = error.downcast_ref::<ParserError>() {
            return Some(match error {
                ParserError::RecursionLimitExceeded => {
                    QueryError::TooComplex("it is nested too deeply".to_owned())
                }
                other => QueryError::sql(SqlState::Syntax, other.to_string()),
            });
        }
        source = error.source();
    }
    None
}
