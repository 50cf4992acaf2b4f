//! The query engine of a process.
//!
//! Each query takes one of a few slots, runs as a task of its own that ends with it, and is stopped when its time is
//! up. That holds for queries that yield; what else they may take, the process around it bounds (see
//! [`crate::query_process`]).

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::config::Dialect;
use datafusion::error::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use datafusion_postgres::datafusion_pg_catalog::pg_catalog::context::EmptyContextProvider;
use datafusion_postgres::datafusion_pg_catalog::setup_pg_catalog;
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::catalog::{CATALOG, LakeSchema, SCHEMA};
use super::functions::{self, PostgresTypes};
use super::limits::QueryLimits;
use super::{QueryError, bad_file, guard, shape};
use crate::table::lake::Lake;

/// Runs SQL over a lake.
#[derive(Clone)]
pub struct Engine {
    context: Arc<SessionContext>,
    lake: Lake,
    limits: QueryLimits,
    slots: Arc<Semaphore>,
}

/// The rows that a query gives.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Names and types of its columns.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

impl Engine {
    /// An engine over these tables, whose sorts and joins spill into the system's directory for such files.
    pub fn new(lake: Lake, limits: QueryLimits) -> Result<Self, DataFusionError> {
        Self::spilling_into(lake, limits, Some(&std::env::temp_dir()))
    }

    /// An engine over these tables that spills into that directory, if there is one.
    pub fn spilling_into(
        lake: Lake,
        limits: QueryLimits,
        directory: Option<&Path>,
    ) -> Result<Self, DataFusionError> {
        let spill = match directory {
            Some(directory) => DiskManagerMode::Directories(vec![directory.to_owned()]),
            None => DiskManagerMode::Disabled,
        };
        let disk = DiskManagerBuilder::default()
            .with_mode(spill)
            .with_max_temp_directory_size(SPILL_LIMIT);
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_limit(limits.memory, 1.0)
            .with_disk_manager_builder(disk)
            .build_arc()?;
        let state = SessionStateBuilder::new()
            .with_config(session_config())
            .with_runtime_env(runtime)
            .with_default_features()
            .build();
        let context = SessionContext::new_with_state(state);
        let catalog = context
            .catalog(CATALOG)
            .ok_or_else(|| DataFusionError::Internal("no default catalog".to_owned()))?;
        let schema = LakeSchema {
            lake: lake.clone(),
            plan_keeps_versions: limits.plan_keeps_versions,
        };
        catalog.register_schema(SCHEMA, Arc::new(schema))?;
        setup_pg_catalog(&context, CATALOG, EmptyContextProvider).map_err(|error| *error)?;
        let mut state = SessionStateBuilder::new_from_existing(context.state());
        let types = PostgresTypes::beside(state.type_planner().take());
        let state = state.with_type_planner(Arc::new(types)).build();
        let mut context = SessionContext::new_with_state(state);
        // Last: a state that is made from another brings back the engine's own functions under their aliases.
        functions::register(&mut context)?;
        Ok(Self {
            context: Arc::new(context),
            lake,
            limits,
            slots: Arc::new(Semaphore::new(limits.concurrent)),
        })
    }

    /// The limits that hold for it.
    pub fn limits(&self) -> QueryLimits {
        self.limits
    }

    /// The engine's session, for the Postgres interface.
    pub(crate) fn context(&self) -> Arc<SessionContext> {
        self.context.clone()
    }

    /// Waits for a slot; a query holds it until its last row.
    pub(crate) async fn slot(&self) -> Result<OwnedSemaphorePermit, QueryError> {
        let slot = self.slots.clone().acquire_owned().await;
        slot.map_err(|error| QueryError::Internal(error.to_string()))
    }

    /// Answers one statement.
    pub async fn query(&self, sql: &str) -> Result<Answer, QueryError> {
        shape::check_text(sql)?;
        let deadline = Instant::now() + self.limits.timeout;
        // In a task of its own: the deadline holds even while the query keeps a thread busy, and
        // dropping the set stops it.
        let mut task = JoinSet::new();
        let (engine, statement) = (self.clone(), sql.to_owned());
        task.spawn(async move { engine.answer(&statement).await });
        let answer = match timeout_at(deadline, task.join_next()).await {
            Err(_elapsed) => Err(QueryError::TimedOut(self.limits.timeout)),
            Ok(Some(Ok(answer))) => answer,
            Ok(Some(Err(error))) => Err(QueryError::panicked(&error.to_string())),
            Ok(None) => Err(QueryError::Internal("the query's task is gone".to_owned())),
        };
        match answer {
            Err(error) => Err(self.explained(sql, error, deadline).await),
            answer => answer,
        }
    }

    /// The error of a statement; if a bad file has caused it, with the file's name.
    pub(crate) async fn explained(
        &self,
        sql: &str,
        error: QueryError,
        deadline: Instant,
    ) -> QueryError {
        bad_file::named(&self.lake, (sql, error), deadline).await
    }

    async fn answer(&self, sql: &str) -> Result<Answer, QueryError> {
        let _slot = self.slot().await?;
        let state = self.context.state();
        let statement = state.sql_to_statement(sql, &Dialect::PostgreSQL)?;
        let plan = guard::plan(&state, statement).await?;
        self.collect(DataFrame::new(state, plan)).await
    }

    async fn collect(&self, frame: DataFrame) -> Result<Answer, QueryError> {
        let mut rows = frame.execute_stream().await?;
        let schema = rows.schema();
        let (mut count, mut bytes, mut batches) = (0, 0, Vec::new());
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            count += batch.num_rows();
            bytes += batch.get_array_memory_size();
            if count > self.limits.max_rows {
                return Err(QueryError::TooManyRows(self.limits.max_rows));
            }
            if bytes > self.limits.memory {
                return Err(QueryError::TooLarge(
                    "the answer itself is too large".to_owned(),
                ));
            }
            batches.push(batch);
        }
        Ok(Answer { schema, batches })
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let limits = &self.limits;
        formatter
            .debug_struct("Engine")
            .field("limits", limits)
            .finish_non_exhaustive()
    }
}

/// Disk that sorts and joins may use beyond their memory, bytes.
const SPILL_LIMIT: u64 = 4 << 30;

fn session_config() -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_information_schema(true)
        .with_default_catalog_and_schema(CATALOG, SCHEMA);
    let options = config.options_mut();
    options.sql_parser.dialect = Dialect::PostgreSQL;
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    config
}
