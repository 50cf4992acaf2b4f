//! Which keys are in a file, remembered: a file never changes, so it need not be opened again to
//! learn that no row of it is wanted.
//!
//! Most steps are about page views of the last seconds, and most files of the last minutes have
//! none of them.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use ad_events::table::Table;
use deltalake::arrow::array::RecordBatch;
use deltalake::kernel::Add;

use crate::table::TableError;
use crate::table::files::{RowSelection, text};
use crate::table::version::TableVersion;

/// Digests in memory, at about 16 bytes. When there are more, all are forgotten and learned again.
const MOST: usize = 500_000;

/// Table, column and path of a file.
type FileColumn = (&'static str, &'static str, String);

/// The memory of all tables; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct KnownKeys(Arc<Mutex<Digests>>);

#[derive(Debug, Default)]
struct Digests {
    files: HashMap<FileColumn, HashSet<u64>>,
    digests: usize,
}

impl KnownKeys {
    /// Whether a file may have a wanted row; reads the keys of one that it does not know. A selection
    /// by anything but keys may be in any file.
    pub(crate) async fn may_have(
        &self,
        version: &TableVersion,
        file: &Add,
        wanted: &RowSelection,
    ) -> Result<bool, TableError> {
        let Some((column, keys)) = wanted.keys() else {
            return Ok(true);
        };
        let table = version.description();
        if let Some(known) = self.known(&(table.name, column, file.path.clone()), keys) {
            return Ok(known);
        }
        let Some(batches) = version.read(file, &[column]).await? else {
            return Ok(false);
        };
        self.learn(table, (file, column), &batches);
        let mut found = batches
            .iter()
            .flat_map(|batch| (0..batch.num_rows()).filter_map(|row| text(batch, column, row)));
        Ok(found.any(|key| keys.contains(key)))
    }

    /// Remembers all rows of a file.
    pub(super) fn learn(
        &self,
        table: &'static Table,
        (file, column): (&Add, &'static str),
        batches: &[RecordBatch],
    ) {
        let mut digests = HashSet::new();
        for batch in batches {
            let keys = (0..batch.num_rows()).filter_map(|row| text(batch, column, row));
            digests.extend(keys.map(digest));
        }
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.digests + digests.len() > MOST {
            *state = Digests::default();
        }
        state.digests += digests.len();
        let file_column = (table.name, column, file.path.clone());
        if let Some(before) = state.files.insert(file_column, digests) {
            state.digests -= before.len();
        }
    }

    fn known(&self, file_column: &FileColumn, keys: &HashSet<String>) -> Option<bool> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let digests = state.files.get(file_column)?;
        Some(keys.iter().any(|key| digests.contains(&digest(key))))
    }
}

fn digest(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
