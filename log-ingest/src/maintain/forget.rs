//! Removes a page view from a table: its files are written again without it.

use deltalake::arrow::array::RecordBatch;

use crate::derive::{Replacement, replace, text};
use crate::table::TableError;
use crate::table::commit::Kind;
use crate::table::lake::LakeTable;

const ATTEMPTS: u32 = 5;

/// Whether the table had rows of it.
pub(super) async fn forget(table: &LakeTable, page_view_id: &str) -> Result<bool, TableError> {
    let description = table.description();
    let key = ["page_view_id", "record"];
    let Some(key) = key
        .into_iter()
        .find(|name| description.column(name).is_some())
    else {
        return Ok(false);
    };
    let of_view = |batch: &RecordBatch, row: usize| {
        let value = text(batch, key, row).unwrap_or_default();
        value == page_view_id || (key == "record" && value.contains(page_view_id))
    };
    for _ in 0..ATTEMPTS {
        let delta = table.delta().await?;
        let version = delta.version();
        let replacement = Replacement {
            span: (i64::MIN, i64::MAX),
            keys: &[key],
            doomed: of_view,
            rows: Vec::new(),
            markers: Vec::new(),
            kind: Kind::Delete,
        };
        if replace(table, &delta, replacement).await? {
            return Ok(table.delta().await?.version() != version);
        }
    }
    Err(TableError::Contended {
        table: table.name(),
        attempts: ATTEMPTS,
    })
}
