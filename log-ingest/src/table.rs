//! 4 STORE: segments of records become rows of typed tables, each segment exactly once.
//!
//! [`route`] sorts a segment's records by table, [`time`] decides when each happened, [`cell`] fits
//! each value into its column and [`rows`] gathers them into Arrow batches; [`lake`] owns the Delta
//! tables, at a [`location`] on disk or in a store ([`s3`]); [`writer`] commits a batch under the
//! segment's number, without the events that [`recent_ids`] remembers, and [`sink`] is what the
//! receiver's lander calls. Who reads a table's files reads a [`version`] of it, without its [`bad_files`].

pub mod bad_files;
pub mod cell;
mod column;
pub(crate) mod commit;
mod durable;
pub(crate) mod files;
pub mod lake;
pub mod landing;
pub(crate) mod loads;
pub mod location;
pub(crate) mod log_entry;
pub mod metrics;
mod personal;
pub mod recent_ids;
pub mod route;
pub mod rows;
pub mod s3;
pub mod schema;
pub mod sink;
pub mod time;
pub(crate) mod version;
pub mod writer;

/// What can go wrong between a segment and its tables.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The table format's library failed; the lander tries the segment again.
    #[error("delta table {table}: {source}")]
    Delta {
        /// Name of the table.
        table: &'static str,
        /// What the library said.
        source: Box<deltalake::DeltaTableError>,
    },
    /// The columns do not fit the table; a fault of ours.
    #[error("rows of {table} do not form a batch: {source}")]
    Batch {
        /// Name of the table.
        table: &'static str,
        /// What Arrow said.
        source: deltalake::arrow::error::ArrowError,
    },
    /// No rows can be made of the records: nothing of the segment is in any table, and it would fail again.
    #[error("no rows can be made of the records: {0}")]
    Records(#[source] Box<TableError>),
    /// The table on disk has a column of another type than this version writes.
    #[error("table {table} on disk has column {column} of type {found}, expected {expected}")]
    ColumnType {
        /// Name of the table.
        table: &'static str,
        /// Name of the column.
        column: &'static str,
        /// The type on disk.
        found: String,
        /// The type of this version.
        expected: String,
    },
    /// Other writers kept winning.
    #[error("table {table} is still contended after {attempts} attempts")]
    Contended {
        /// Name of the table.
        table: &'static str,
        /// How often the commit was tried.
        attempts: u32,
    },
    /// The file system failed.
    #[error("cannot {action} {path}: {source}")]
    File {
        /// What was tried.
        action: &'static str,
        /// On which path.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no table to read.
    #[error("no table {table} in {path}; log-ingest serve creates the tables")]
    Missing {
        /// Name of the table.
        table: &'static str,
        /// Place of the tables.
        path: String,
    },
    /// A file is missing or damaged; nothing is wrong with the others.
    #[error(transparent)]
    BadFile(#[from] bad_files::BadFile),
    /// Files that cannot be read may hold what was to be forgotten; it is gone from all others.
    #[error("it is forgotten but for what is in files that cannot be read: {0}")]
    NotForgotten(String),
    /// There is no table of that name.
    #[error("there is no table {0}")]
    Unknown(&'static str),
    /// The statement that derives a table fails, whatever rows it is run over; a fault of ours.
    #[error("{table} cannot be derived: {reason}")]
    Statement {
        /// Name of the table.
        table: &'static str,
        /// What the engine said.
        reason: String,
    },
    /// A thread that worked for us died.
    #[error("building the rows was cut short: {0}")]
    Worker(#[from] tokio::task::JoinError),
}

impl TableError {
    /// Wraps an error of the table format's library.
    pub(crate) fn delta(table: &'static str) -> impl Fn(deltalake::DeltaTableError) -> Self {
        move |source| Self::Delta {
            table,
            source: Box::new(source),
        }
    }
}
