//! Names the file that made a query fail.
//!
//! The engine says what is wrong with the bytes it has met, and not in which file. So the files of the tables that the
//! statement names are looked through once more, first their ends, which are quickly read, then all of their rows.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use tokio::time::{Instant, timeout_at};

use super::QueryError;
use crate::table::TableError;
use crate::table::bad_files::BadFile;
use crate::table::files;
use crate::table::lake::{Lake, LakeTable};

/// Whoever asked is not kept waiting longer for the name.
const PATIENCE: Duration = Duration::from_secs(2);

/// The error of a statement, or which file has caused it, if that is found in time.
pub(super) async fn named(
    lake: &Lake,
    (sql, error): (&str, QueryError),
    deadline: Instant,
) -> QueryError {
    if !matches!(error, QueryError::Internal(_)) {
        return error;
    }
    let until = deadline.min(Instant::now() + PATIENCE);
    match timeout_at(until, search(lake, sql)).await {
        Ok(Some(bad)) => QueryError::BadFile(bad.to_string()),
        Ok(None) | Err(_) => error,
    }
}

async fn search(lake: &Lake, sql: &str) -> Option<BadFile> {
    let sql = sql.to_lowercase();
    for depth in [Depth::End, Depth::Rows] {
        for table in lake.tables() {
            if sql.contains(table.name())
                && let Err(TableError::BadFile(bad)) = look_through(table, depth).await
            {
                return Some(bad);
            }
        }
    }
    None
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    End,
    Rows,
}

async fn look_through(table: &LakeTable, depth: Depth) -> Result<(), TableError> {
    let (description, delta) = (table.description(), table.delta().await?);
    for file in files::live(description, &delta)? {
        let mut pieces = files::pieces(description, &delta, (&file, &[]), None).await?;
        while depth == Depth::Rows && pieces.try_next().await?.is_some() {}
    }
    Ok(())
}
