//! The Delta tables of one place: one folder each, under the table's name.
//!
//! [`Lake::create`] makes what is missing, so that every table can be queried before its first
//! row; [`Lake::open`] only reads. A handle gives the newest version of its table at each call:
//! it looks into the table's log, so it also sees the commits of other processes.

use std::path::Path;
use std::sync::Arc;

use ad_events::TABLES;
use ad_events::table::{EVENT_DATE, Table};
use datafusion::catalog::TableProvider;
use deltalake::kernel::StructField;
use deltalake::{DeltaTable, DeltaTableBuilder, TableProperty};
use tokio::sync::Mutex;

use super::TableError;
use super::bad_files::BadFiles;
use super::location::{LakeAddress, Location};
use super::schema::{delta_fields, delta_type};

/// All tables.
#[derive(Debug, Clone)]
pub struct Lake {
    tables: Vec<Arc<LakeTable>>,
    bad_files: BadFiles,
}

/// One table.
#[derive(Debug)]
pub struct LakeTable {
    description: &'static Table,
    location: Location,
    current: Mutex<Current>,
    /// Of all tables of the lake.
    bad_files: BadFiles,
}

/// How large a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableSize {
    /// Newest version.
    pub version: u64,
    /// Data files.
    pub files: usize,
    /// Rows, as the log counts them.
    pub rows: usize,
}

#[derive(Debug)]
struct Current {
    delta: DeltaTable,
    built: Option<Built>,
}

/// What queries scan, made once for a version.
#[derive(Debug)]
struct Built {
    version: u64,
    provider: Arc<dyn TableProvider>,
}

impl Lake {
    /// Opens the tables for writing and reading; creates tables and columns that are missing.
    pub async fn create(place: impl Into<LakeAddress>) -> Result<Self, TableError> {
        Self::create_with(place, BadFiles::default()).await
    }

    /// The same, with a memory of bad files that others know.
    pub async fn create_with(
        place: impl Into<LakeAddress>,
        bad_files: BadFiles,
    ) -> Result<Self, TableError> {
        let place = place.into();
        let mut tables = Vec::with_capacity(TABLES.len());
        for &table in TABLES {
            let delta = created(table, &place).await?;
            let delta = evolved(table, delta).await?;
            let place = (place.location.join(table.name), bad_files.clone());
            tables.push(Arc::new(LakeTable::new(table, place, delta)));
        }
        Ok(Self { tables, bad_files })
    }

    /// Opens the tables for reading; touches nothing.
    pub async fn open(place: impl Into<LakeAddress>) -> Result<Self, TableError> {
        let place = place.into();
        let bad_files = BadFiles::default();
        let mut tables = Vec::with_capacity(TABLES.len());
        for &table in TABLES {
            let location = place.location.join(table.name);
            let missing = || TableError::Missing {
                table: table.name,
                path: place.location.to_string(),
            };
            if location.local().is_some_and(|path| !path.is_dir()) {
                return Err(missing());
            }
            let delta = at(table, &place).await?;
            if delta.version().is_none() {
                return Err(missing());
            }
            let place = (location, bad_files.clone());
            tables.push(Arc::new(LakeTable::new(table, place, delta)));
        }
        Ok(Self { tables, bad_files })
    }

    /// The tables in the order of their descriptions.
    pub fn tables(&self) -> &[Arc<LakeTable>] {
        &self.tables
    }

    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Arc<LakeTable>> {
        self.tables.iter().find(|table| table.name() == name)
    }

    /// The files of all tables that cannot be read, as far as this process has come across them.
    pub fn bad_files(&self) -> &BadFiles {
        &self.bad_files
    }
}

impl LakeTable {
    fn new(
        description: &'static Table,
        (location, bad_files): (Location, BadFiles),
        delta: DeltaTable,
    ) -> Self {
        Self {
            description,
            location,
            current: Mutex::new(Current { delta, built: None }),
            bad_files,
        }
    }

    /// The files that cannot be read, of all tables of the lake.
    pub(crate) fn bad_files(&self) -> &BadFiles {
        &self.bad_files
    }

    /// Name in SQL.
    pub fn name(&self) -> &'static str {
        self.description.name
    }

    /// What the table holds.
    pub fn description(&self) -> &'static Table {
        self.description
    }

    /// The table's directory, if it is on this machine.
    pub fn root(&self) -> Option<&Path> {
        self.location.local()
    }

    /// The newest version, for a writer.
    pub(crate) async fn delta(&self) -> Result<DeltaTable, TableError> {
        let mut current = self.current.lock().await;
        self.refresh(&mut current).await?;
        Ok(current.delta.clone())
    }

    /// The newest version, for a query.
    pub(crate) async fn provider(&self) -> Result<Arc<dyn TableProvider>, TableError> {
        let mut current = self.current.lock().await;
        let version = self.refresh(&mut current).await?;
        if let Some(built) = &current.built
            && built.version == version
        {
            return Ok(built.provider.clone());
        }
        let provider = current.delta.table_provider().await;
        let provider = provider.map_err(|error| TableError::delta(self.name())(error.into()))?;
        current.built = Some(Built {
            version,
            provider: provider.clone(),
        });
        Ok(provider)
    }

    /// Size of the newest version.
    pub async fn size(&self) -> Result<TableSize, TableError> {
        let delta = self.delta().await?;
        let snapshot = delta.snapshot().map_err(TableError::delta(self.name()))?;
        let (mut files, mut rows) = (0, 0);
        for file in snapshot.log_data() {
            files += 1;
            rows += file.num_records().unwrap_or_default();
        }
        Ok(TableSize {
            version: snapshot.version(),
            files,
            rows,
        })
    }

    async fn refresh(&self, current: &mut Current) -> Result<u64, TableError> {
        let refreshed = current.delta.update_state().await;
        refreshed.map_err(TableError::delta(self.name()))?;
        Ok(current.delta.version().unwrap_or_default())
    }
}

/// The table at that place, loaded if there is one. Loading where there is none would be logged as
/// an error by the library.
async fn at(table: &'static Table, place: &LakeAddress) -> Result<DeltaTable, TableError> {
    super::s3::register();
    let failed = TableError::delta(table.name);
    let location = place.location.join(table.name).url().map_err(&failed)?;
    let builder = DeltaTableBuilder::from_url(location).map_err(&failed)?;
    let builder = builder.with_storage_options(place.s3.options());
    let mut delta = builder.build().map_err(&failed)?;
    if delta.verify_deltatable_existence().await.map_err(&failed)? {
        delta.load().await.map_err(&failed)?;
    }
    Ok(delta)
}

async fn created(table: &'static Table, place: &LakeAddress) -> Result<DeltaTable, TableError> {
    let delta = at(table, place).await?;
    if delta.version().is_some() {
        return Ok(delta);
    }
    let created = delta
        .create()
        .with_table_name(table.name)
        .with_comment(table.doc)
        .with_columns(delta_fields(table))
        .with_partition_columns([EVENT_DATE.name])
        .with_configuration_property(TableProperty::CheckpointInterval, Some("100"))
        .with_configuration_property(TableProperty::LogRetentionDuration, Some(LOG_RETENTION))
        .await;
    match created {
        Ok(delta) => Ok(delta),
        Err(error) => {
            // Another instance that starts at the same time may have made it.
            let delta = at(table, place).await?;
            let there = delta.version().is_some();
            there
                .then_some(delta)
                .ok_or_else(|| TableError::delta(table.name)(error))
        }
    }
}

/// How long the table's log keeps what changed; derived tables catch up from it.
const LOG_RETENTION: &str = "interval 7 days";

/// Adds the columns that the description has and the table has not: a change of the log alone.
async fn evolved(table: &'static Table, delta: DeltaTable) -> Result<DeltaTable, TableError> {
    let snapshot = delta.snapshot().map_err(TableError::delta(table.name))?;
    let on_disk = snapshot.schema();
    let mut missing: Vec<StructField> = Vec::new();
    for column in table.columns {
        let expected = delta_type(column.kind);
        match on_disk.field(column.name) {
            None => missing.push(StructField::new(column.name, expected, true)),
            Some(field) if *field.data_type() == expected => {}
            Some(field) => {
                return Err(TableError::ColumnType {
                    table: table.name,
                    column: column.name,
                    found: field.data_type().to_string(),
                    expected: expected.to_string(),
                });
            }
        }
    }
    if missing.is_empty() {
        return Ok(delta);
    }
    delta
        .add_columns()
        .with_fields(missing)
        .await
        .map_err(TableError::delta(table.name))
}
