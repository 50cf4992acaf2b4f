//! 5 ASK: SQL over the tables, read-only and within limits, for every interface alike.
//!
//! [`engine`] is the one shared engine; [`guard`] lets reading statements through and nothing
//! else; [`catalog`] shows it the tables, always at their newest version; [`named`] holds the
//! analysts' queries; [`format`](mod@format) writes an answer as a table, JSON or CSV.

pub mod catalog;
pub mod engine;
pub mod format;
pub mod guard;
pub mod limits;
pub mod named;
mod read_only;
mod version;

use std::time::Duration;

use datafusion::error::DataFusionError;

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The statement would change something or is of a kind that is not served.
    #[error("{0}")]
    Refused(String),
    /// The SQL is wrong, or a value in it is.
    #[error("{0}")]
    Sql(String),
    /// It ran longer than allowed.
    #[error("the query took longer than {} ms and was stopped", .0.as_millis())]
    TimedOut(Duration),
    /// The answer has more rows than allowed.
    #[error("the answer has more than {0} rows: add a LIMIT, aggregate, or raise query.max_rows")]
    TooManyRows(usize),
    /// It needs more memory than allowed.
    #[error("the query needs more memory than query.memory_mb allows: {0}")]
    TooLarge(String),
    /// Our side failed.
    #[error("internal error: {0}")]
    Internal(String),
}

impl QueryError {
    /// Whether the one who asked can do something about it.
    pub fn is_callers(&self) -> bool {
        !matches!(self, Self::Internal(_) | Self::TimedOut(_))
    }

    /// A name for metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Sql(_) => "invalid",
            Self::TimedOut(_) => "timed_out",
            Self::TooManyRows(_) => "too_many_rows",
            Self::TooLarge(_) => "too_large",
            Self::Internal(_) => "failed",
        }
    }
}

impl From<DataFusionError> for QueryError {
    fn from(error: DataFusionError) -> Self {
        let message = error.strip_backtrace();
        match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => Self::TooLarge(message),
            DataFusionError::Internal(_)
            | DataFusionError::IoError(_)
            | DataFusionError::ObjectStore(_)
            | DataFusionError::ParquetError(_)
            | DataFusionError::ExecutionJoin(_)
            | DataFusionError::External(_) => Self::Internal(message),
            _ => Self::Sql(message),
        }
    }
}
