//! A table that can be scanned and nothing else.
//!
//! The engine's own Delta table takes `INSERT`; this one does not pass such calls on, so that
//! even a statement that slipped through the guard could not write.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Statistics;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use tokio::time::Instant;

use crate::table::lake::LakeTable;

/// One table, as a plan sees it.
#[derive(Debug)]
pub(crate) struct ReadOnlyTable {
    live: Arc<LakeTable>,
    planned: Arc<dyn TableProvider>,
    planned_until: Instant,
}

impl ReadOnlyTable {
    /// The table at its newest version; a plan keeps that version for the time `keep`.
    pub(crate) async fn of(live: Arc<LakeTable>, keep: Duration) -> Result<Self> {
        let planned = live.provider().await.map_err(external)?;
        Ok(Self {
            live,
            planned,
            planned_until: Instant::now() + keep,
        })
    }
}

#[async_trait]
impl TableProvider for ReadOnlyTable {
    fn schema(&self) -> SchemaRef {
        self.planned.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if Instant::now() < self.planned_until {
            return self.planned.scan(session, projection, filters, limit).await;
        }
        let newest = self.live.provider().await.map_err(external)?;
        newest.scan(session, projection, filters, limit).await
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        self.planned.supports_filters_pushdown(filters)
    }

    fn statistics(&self) -> Option<Statistics> {
        self.planned.statistics()
    }
}

fn external(error: crate::table::TableError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
