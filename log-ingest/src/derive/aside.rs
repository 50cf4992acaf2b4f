//! What could not be derived: remembered, so that it does not hold up each later step, counted, and named in
//! `table_loads`.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use ad_events::load::TABLE_LOADS;
use ad_events::table::Table;

use super::Deriver;
use crate::table::TableError;
use crate::table::commit::{Change, ChangeKind, Packing, commit, write_files};
use crate::table::loads::set_aside_rows;

/// Page views that are left out of a table until the next start; clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct LeftOut(Arc<Mutex<HashSet<TableKey>>>);

/// Name of a derived table, and the id of a page view.
type TableKey = (&'static str, String);

/// Ids in memory. When there are more, all are forgotten and found again.
const MOST: usize = 10_000;

impl LeftOut {
    pub(super) fn has(&self, table: &'static Table, id: &str) -> bool {
        let left_out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // There are usually none, and then no id is copied.
        !left_out.is_empty() && left_out.contains(&(table.name, id.to_owned()))
    }

    pub(super) fn add(&self, table: &'static Table, ids: &[String]) {
        let mut left_out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if left_out.len() + ids.len() > MOST {
            left_out.clear();
        }
        left_out.extend(ids.iter().map(|id| (table.name, id.clone())));
    }
}

/// Keys of a step that have no row in the derived table, and why.
#[derive(Debug, Default)]
pub(super) struct SetAside {
    pub(super) keys: Vec<String>,
    pub(super) reason: Option<String>,
}

impl SetAside {
    pub(super) fn add(&mut self, keys: Vec<String>, reason: Option<String>) {
        self.keys.extend(keys);
        if self.reason.is_none() {
            self.reason = reason;
        }
    }

    /// Counts them and names them in `table_loads`. What is derived is committed by now, so a failure here
    /// costs only the row that names them.
    pub(super) async fn report(self, deriver: &Deriver, table: &'static Table) {
        if self.keys.is_empty() {
            return;
        }
        deriver.metrics.set_aside(table.name, self.keys.len());
        let named = self.store(deriver, table).await;
        let (reason, named) = (self.reason, named.map_err(|error| error.to_string()));
        tracing::error!(
            table = table.name,
            count = self.keys.len(),
            reason,
            ?named,
            "set aside what cannot be derived; table_loads names it"
        );
    }

    /// The row in `table_loads`.
    pub(super) async fn store(
        &self,
        deriver: &Deriver,
        table: &'static Table,
    ) -> Result<(), TableError> {
        let reason = self.reason.as_deref().unwrap_or_default();
        let rows = set_aside_rows(table.name, &self.keys, reason)?;
        let loads = deriver.table(TABLE_LOADS.name)?;
        let delta = loads.delta().await?;
        let change = Change {
            kind: ChangeKind::Append,
            adds: write_files((&TABLE_LOADS, &delta), rows.pieces, Packing::Quick).await?,
            removes: Vec::new(),
            markers: Vec::new(),
        };
        commit(loads, &delta, change).await.map(drop)
    }
}
