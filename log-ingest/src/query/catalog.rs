//! The schema `public`, as the engine sees it: our tables, read-only, at their newest version.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use datafusion::catalog::{SchemaProvider, TableProvider};
use datafusion::error::Result;

use super::read_only::ReadOnlyTable;
use crate::table::lake::Lake;

/// Name of the one database.
pub const CATALOG: &str = "log_ingest";

/// Name of the schema with the tables.
pub const SCHEMA: &str = "public";

/// The tables of a lake. It takes no new tables and drops none.
#[derive(Debug)]
pub(crate) struct LakeSchema {
    pub(crate) lake: Lake,
    pub(crate) plan_keeps_versions: Duration,
}

#[async_trait]
impl SchemaProvider for LakeSchema {
    fn table_names(&self) -> Vec<String> {
        let names = self
            .lake
            .tables()
            .iter()
            .map(|table| table.name().to_owned());
        names.collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        match self.lake.table(name) {
            Some(table) => {
                let table = ReadOnlyTable::of(table.clone(), self.plan_keeps_versions).await?;
                Ok(Some(Arc::new(table)))
            }
            None => Ok(None),
        }
    }

    fn table_exist(&self, name: &str) -> bool {
        self.lake.table(name).is_some()
    }
}
