//! How much one query may take.

use std::time::Duration;

/// Longest statement that is taken, bytes.
pub const MAX_STATEMENT: usize = 64 << 10;

/// When its time is up, a query has this long to end by itself, with a message of its own; then its process is ended.
pub(crate) const GRACE: Duration = Duration::from_secs(1);

/// Begins the last line on the standard error of a process that ended itself because a statement took too long; the
/// milliseconds that it was allowed follow.
pub(crate) const TIMED_OUT: &str = "query stopped after ms ";

/// Limits that hold for every interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct QueryLimits {
    /// Time from the statement's arrival to the answer's last row.
    pub timeout: Duration,
    /// Rows of an answer.
    pub max_rows: usize,
    /// Memory of all running queries together, bytes.
    pub memory: usize,
    /// Queries that run at the same time; others wait within their timeout.
    pub concurrent: usize,
    /// How long a plan keeps the table versions that it was made with. Long enough for all scans
    /// of one query to see the same version, short enough for a prepared statement that is run
    /// again to see the newest.
    pub plan_keeps_versions: Duration,
}
