//! What is being done to the tables at this moment, in the log at level `debug`.
//!
//! Each piece of work logs when it begins and when it ends, so that the log of a process that was
//! killed shows what it was doing when it died: what has begun and not ended.
//! `RUST_LOG=log_ingest::stage=debug` shows only these lines.

use std::sync::atomic::{AtomicU64, Ordering};

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Records of a segment become rows, up to their commits.
    Land,
    /// The commit of new rows.
    CommitRows,
    /// Wide tables are computed from what is new.
    Derive,
    /// Roll-ups are counted from what is new.
    RollUp,
    /// The commit of derived rows.
    CommitDerived,
    /// Small files are read and written as one.
    Compact,
    /// The commit that puts joined files in the place of small ones.
    CommitJoined,
    /// The commit that takes rows away for good.
    CommitRemoval,
    /// Files that no version uses are looked for and deleted.
    Vacuum,
}

impl Stage {
    const fn name(self) -> &'static str {
        match self {
            Self::Land => "land",
            Self::CommitRows => "commit_rows",
            Self::Derive => "derive",
            Self::RollUp => "roll_up",
            Self::CommitDerived => "commit_derived",
            Self::Compact => "compact",
            Self::CommitJoined => "commit_joined",
            Self::CommitRemoval => "commit_removal",
            Self::Vacuum => "vacuum",
        }
    }
}

/// Logs that work has begun, on one table or on several, and when dropped that it has ended, well or not.
#[must_use]
pub(crate) fn begin(stage: Stage, table: Option<&'static str>) -> OpenStage {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = stage.name();
    let table = table.unwrap_or_default();
    tracing::debug!(stage.number = number, stage.name = name, table, "begun");
    OpenStage { number, name }
}

/// Work that goes on for as long as this lives.
#[derive(Debug)]
pub(crate) struct OpenStage {
    number: u64,
    name: &'static str,
}

impl Drop for OpenStage {
    fn drop(&mut self) {
        let Self { number, name } = self;
        tracing::debug!(stage.number = number, stage.name = name, "ended");
    }
}
