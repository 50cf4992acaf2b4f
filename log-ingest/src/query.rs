//! 6 ASK: SQL over the tables, read-only and within limits, for every interface alike.
//!
//! [`engine`] is the one shared engine of a process; [`shape`] refuses what is too long, too deep or too wide
//! before it is planned, [`guard`] lets reading statements through and nothing else; [`catalog`] shows the
//! engine the tables, always at their newest version; [`functions`] are those that the engine lacks; [`named`]
//! holds the analysts' queries; [`format`](mod@format) writes an answer as a table, JSON or CSV. A failure that a damaged
//! file has caused names the file; [`outcome`] is what metrics count.

mod bad_file;
pub mod catalog;
pub mod engine;
pub mod format;
pub mod functions;
pub mod guard;
pub mod limits;
pub mod metrics;
pub mod named;
pub mod outcome;
mod read_only;
pub mod shape;
pub mod sql_state;

use std::time::Duration;

use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use datafusion::sql::sqlparser::parser::ParserError;

use outcome::QueryOutcome;
use sql_state::SqlState;

/// Why a query has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueryError {
    /// The statement would change something or is of a kind that is not served.
    #[error("{0}")]
    Refused(String),
    /// The SQL is wrong, or a value in it is.
    #[error("{0}")]
    Sql(SqlFault),
    /// The statement is too long, too deep or names too many tables.
    #[error("the statement is too complex: {0}")]
    TooComplex(String),
    /// It ran longer than allowed.
    #[error("the query took longer than {} ms and was stopped", .0.as_millis())]
    TimedOut(Duration),
    /// The client does not want it any more.
    #[error("the query was cancelled")]
    Cancelled,
    /// The answer has more rows than allowed.
    #[error("the answer has more than {0} rows: add a LIMIT, aggregate, or raise query.max_rows")]
    TooManyRows(usize),
    /// It needs more memory than allowed.
    #[error("the query needs more memory than query.memory_mb allows: {0}")]
    TooLarge(String),
    /// A file of a table is missing or damaged.
    #[error("{0}; the other files of the table are as they were")]
    BadFile(String),
    /// No process is there to answer it.
    #[error("no query can be answered at the moment: {0}")]
    Unavailable(String),
    /// Our side failed.
    #[error("internal error: {0}")]
    Internal(String),
}

/// What is wrong with a statement.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SqlFault {
    /// The kind of fault.
    pub state: SqlState,
    /// The whole of it.
    pub message: String,
}

impl std::fmt::Display for SqlFault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl QueryError {
    /// A fault of that kind in the statement.
    pub fn sql(state: SqlState, message: impl Into<String>) -> Self {
        Self::Sql(SqlFault {
            state,
            message: message.into(),
        })
    }

    /// Whether the client can do something about it.
    pub fn is_callers(&self) -> bool {
        !matches!(
            self,
            Self::Internal(_) | Self::BadFile(_) | Self::Unavailable(_) | Self::TimedOut(_)
        )
    }

    /// For metrics.
    pub const fn outcome(&self) -> QueryOutcome {
        match self {
            Self::Refused(_) => QueryOutcome::Refused,
            Self::Sql(_) => QueryOutcome::Invalid,
            Self::TooComplex(_) => QueryOutcome::TooComplex,
            Self::TimedOut(_) => QueryOutcome::TimedOut,
            Self::Cancelled => QueryOutcome::Cancelled,
            Self::TooManyRows(_) => QueryOutcome::TooManyRows,
            Self::TooLarge(_) => QueryOutcome::TooLarge,
            Self::BadFile(_) => QueryOutcome::BadFile,
            Self::Unavailable(_) => QueryOutcome::Unavailable,
            Self::Internal(_) => QueryOutcome::Failed,
        }
    }

    /// The state that Postgres gives such a fault.
    pub const fn sql_state(&self) -> &'static str {
        match self {
            Self::Refused(_) => "25006", // read_only_sql_transaction
            Self::Sql(fault) => fault.state.code(),
            Self::TooComplex(_) => "54001", // statement_too_complex
            Self::TimedOut(_) | Self::Cancelled => "57014", // query_canceled
            Self::TooManyRows(_) => "54000", // program_limit_exceeded
            Self::TooLarge(_) => "53200",   // out_of_memory
            Self::BadFile(_) => "XX001",    // data_corrupted
            Self::Unavailable(_) => "53300", // too_many_connections
            Self::Internal(_) => "XX000",   // internal_error
        }
    }

    /// The error of a query that panicked: the engine does so where an array would be larger than its offsets.
    pub fn panicked(message: &str) -> Self {
        let too_large = ["overflow", "capacity", "too large", "out of memory"];
        if too_large.iter().any(|mark| message.contains(mark)) {
            return Self::TooLarge(format!("a value or a column is too large ({message})"));
        }
        Self::Internal(message.to_owned())
    }
}

impl From<DataFusionError> for QueryError {
    fn from(error: DataFusionError) -> Self {
        Self::of_engine(&error)
    }
}

impl QueryError {
    /// What an error of the engine means for the client.
    pub fn of_engine(error: &DataFusionError) -> Self {
        let message = error.strip_backtrace();
        match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => Self::TooLarge(message),
            DataFusionError::ExecutionJoin(_) => Self::panicked(&message),
            DataFusionError::Internal(_)
            | DataFusionError::IoError(_)
            | DataFusionError::ObjectStore(_)
            | DataFusionError::ParquetError(_)
            | DataFusionError::External(_) => Self::Internal(message),
            DataFusionError::ArrowError(arrow, _) if is_of_a_file(arrow) => Self::Internal(message),
            DataFusionError::SQL(parse, _) if is_too_deep(parse) => {
                Self::TooComplex("it is nested too deeply".to_owned())
            }
            root => Self::sql(SqlState::of(root, &message), message),
        }
    }
}

/// Not about the values of the statement.
fn is_of_a_file(error: &ArrowError) -> bool {
    matches!(error, ArrowError::ParquetError(_) | ArrowError::IoError(..))
}

fn is_too_deep(error: &ParserError) -> bool {
    matches!(error, ParserError::RecursionLimitExceeded)
}
