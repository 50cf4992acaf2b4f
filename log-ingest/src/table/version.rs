//! A table at one version, and its files as far as they can be read.
//!
//! A file that is missing or damaged must not stop what is done with all others: deriving, landing, joining. They read
//! through here, where such a file is remembered and left out.

use std::collections::HashSet;
use std::sync::Arc;

use ad_events::table::Table;
use deltalake::DeltaTable;
use deltalake::arrow::array::RecordBatch;
use deltalake::kernel::Add;

use super::TableError;
use super::bad_files::FileFault;
use super::files::{self, RowSelection};
use super::lake::LakeTable;

/// A table as it was when somebody looked.
#[derive(Debug, Clone)]
pub(crate) struct TableVersion {
    pub(crate) table: Arc<LakeTable>,
    pub(crate) delta: DeltaTable,
}

impl TableVersion {
    /// The newest.
    pub(crate) async fn newest(table: &Arc<LakeTable>) -> Result<Self, TableError> {
        Ok(Self {
            delta: table.delta().await?,
            table: Arc::clone(table),
        })
    }

    pub(crate) fn description(&self) -> &'static Table {
        self.table.description()
    }

    /// Its files without those that are known to be bad.
    pub(crate) fn files(&self) -> Result<Vec<Add>, TableError> {
        let mut live = files::live(self.description(), &self.delta)?;
        live.retain(|file| !self.table.bad_files().has(self.table.name(), &file.path));
        Ok(live)
    }

    /// Some columns of a file, or all where none are named; `None` where the file is bad.
    pub(crate) async fn read(
        &self,
        file: &Add,
        columns: &[&str],
    ) -> Result<Option<Vec<RecordBatch>>, TableError> {
        self.read_where((file, columns), None).await
    }

    /// The same of the rows that are wanted.
    pub(crate) async fn read_where(
        &self,
        (file, columns): (&Add, &[&str]),
        wanted: Option<&RowSelection>,
    ) -> Result<Option<Vec<RecordBatch>>, TableError> {
        if self.table.bad_files().has(self.table.name(), &file.path) {
            return Ok(None);
        }
        let what = (file, columns);
        let read = files::read_where(self.description(), &self.delta, what, wanted).await;
        self.unless_bad(read).await
    }

    /// What came of reading a file, or `None` where it is the file's fault that nothing did: it is remembered, and left out
    /// from then on.
    ///
    /// # Errors
    /// Anything else, and a file that is missing because the table does not have it any more: whoever reads an old version
    /// has to look again.
    pub(crate) async fn unless_bad<T>(
        &self,
        read: Result<T, TableError>,
    ) -> Result<Option<T>, TableError> {
        let bad = match read {
            Ok(read) => return Ok(Some(read)),
            Err(TableError::BadFile(bad)) => bad,
            Err(other) => return Err(other),
        };
        if bad.fault == FileFault::Missing && !self.table.live_paths().await?.contains(&bad.path) {
            return Err(TableError::BadFile(bad));
        }
        self.table.bad_files().add(bad);
        Ok(None)
    }
}

impl LakeTable {
    /// Paths of the files that the newest version has.
    pub(crate) async fn live_paths(&self) -> Result<HashSet<String>, TableError> {
        let live = files::live(self.description(), &self.delta().await?)?;
        Ok(live.into_iter().map(|file| file.path).collect())
    }
}
