//! Answers a statement for many keys at once, and where that fails, for as many of them as possible.
//!
//! One page view whose numbers break the statement must not keep all others from their rows. What fails is
//! halved until it is alone; that one is set aside and named.

use std::collections::HashSet;
use std::fmt::Display;
use std::hash::Hash;

use ad_events::table::Table;
use deltalake::arrow::array::RecordBatch;

use super::rows::{Sources, Unanswered, run_sql};
use crate::table::TableError;

/// Rows that can be split by the keys that they belong to.
pub(super) trait Separable {
    /// What identifies a part.
    type Key: Clone + Eq + Hash + Ord + Display;

    /// All keys.
    fn keys(&self) -> Vec<Self::Key>;

    /// The rows that are needed for some of them.
    fn part(&self, keys: &HashSet<Self::Key>) -> Result<Sources, TableError>;
}

/// What a statement gave.
#[derive(Debug)]
pub(super) struct Isolated<K> {
    /// The rows of all other keys.
    pub(super) rows: Vec<RecordBatch>,
    /// The keys that have none, because the statement fails over their rows.
    pub(super) aside: Vec<K>,
    /// Why the first of them fails.
    pub(super) reason: Option<String>,
}

/// Runs of the statement in search of those that fail. What is then still unclear is set aside together.
const MOST_RUNS: usize = 200;

/// Runs the statement over all rows, or over all that it can be run over.
///
/// # Errors
/// The statement fails even over no rows, or the rows cannot be split.
pub(super) async fn run_isolated<S: Separable + Sync>(
    work: &S,
    everything: Sources,
    sql: &str,
    target: &'static Table,
) -> Result<Isolated<S::Key>, TableError> {
    let reason = match run_sql(everything, sql, target).await {
        Ok(rows) => {
            return Ok(Isolated {
                rows,
                aside: Vec::new(),
                reason: None,
            });
        }
        Err(Unanswered(reason)) => reason,
    };
    let nothing = work.part(&HashSet::new())?;
    if let Err(Unanswered(reason)) = run_sql(nothing, sql, target).await {
        return Err(TableError::Statement {
            table: target.name,
            reason,
        });
    }
    tracing::error!(
        table = target.name,
        error = reason,
        "rows cannot be derived; looking for those that break it"
    );
    let mut found = Isolated {
        rows: Vec::new(),
        aside: Vec::new(),
        reason: None,
    };
    let mut keys = work.keys();
    keys.sort_unstable();
    let mut open = vec![keys];
    for run in 0.. {
        let Some(mut keys) = open.pop() else { break };
        if keys.is_empty() {
            continue;
        }
        let part = work.part(&keys.iter().cloned().collect())?;
        match run_sql(part, sql, target).await {
            Ok(rows) => found.rows.extend(rows),
            Err(Unanswered(reason)) if keys.len() == 1 || run >= MOST_RUNS => {
                found.reason.get_or_insert(reason);
                found.aside.append(&mut keys);
            }
            Err(_) => {
                let half = keys.split_off(keys.len() / 2);
                open.extend([keys, half]);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
