//! How a statement ended, in one word for metrics.

/// Every statement ends in exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryOutcome {
    /// All rows were given.
    Answered,
    /// It would change something, or is of a kind that is not served.
    Refused,
    /// The SQL is wrong, or a value in it is.
    Invalid,
    /// Too long, too deep, too many tables.
    TooComplex,
    /// It took too long.
    TimedOut,
    /// Whoever asked did not want it any more.
    Cancelled,
    /// The answer has too many rows.
    TooManyRows,
    /// It needs too much memory.
    TooLarge,
    /// No process was there to answer it.
    Unavailable,
    /// A file of a table is missing or damaged.
    BadFile,
    /// Our side failed.
    Failed,
}

impl QueryOutcome {
    /// As metrics name it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Invalid => "invalid",
            Self::TooComplex => "too_complex",
            Self::TimedOut => "timed_out",
            Self::Cancelled => "cancelled",
            Self::TooManyRows => "too_many_rows",
            Self::TooLarge => "too_large",
            Self::Unavailable => "unavailable",
            Self::BadFile => "bad_file",
            Self::Failed => "failed",
        }
    }

    /// Of a statement that failed with that state: what can be told of one that another process has run.
    pub(crate) fn of_sql_state(state: &str) -> Self {
        match state {
            "25006" => Self::Refused,
            "54001" => Self::TooComplex,
            "57014" => Self::TimedOut,
            "54000" => Self::TooManyRows,
            "53200" => Self::TooLarge,
            "53300" => Self::Unavailable,
            "XX001" => Self::BadFile,
            state if state.starts_with("XX") => Self::Failed,
            _ => Self::Invalid,
        }
    }
}
