//! Takes a file that nobody can read out of its table, so that queries are answered without it.
//!
//! Only an operator decides that: a copy of the file that is put back makes its rows whole again, and after this none does.

use std::sync::Arc;

use futures_util::TryStreamExt as _;

use crate::table::commit::{Change, ChangeKind, commit};
use crate::table::lake::LakeTable;
use crate::table::version::TableVersion;
use crate::table::{TableError, files};

const ATTEMPTS: u32 = 5;

/// What became of the wish to drop a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DroppedFile {
    /// The table does without it from now on.
    Dropped,
    /// It stays, for it can be read.
    Readable,
    /// The table has no such file.
    Unknown,
}

pub(super) async fn drop_file(
    table: &Arc<LakeTable>,
    path: &str,
) -> Result<DroppedFile, TableError> {
    for _ in 0..ATTEMPTS {
        let TableVersion { table, delta } = TableVersion::newest(table).await?;
        let description = table.description();
        let live = files::live(description, &delta)?;
        let Some(file) = live.iter().find(|file| file.path == path) else {
            return Ok(DroppedFile::Unknown);
        };
        let read = async {
            let mut pieces = files::pieces(description, &delta, (file, &[]), None).await?;
            while pieces.try_next().await?.is_some() {}
            Ok(())
        };
        match read.await {
            Ok(()) => return Ok(DroppedFile::Readable),
            Err(TableError::BadFile(_)) => {}
            Err(other) => return Err(other),
        }
        let change = Change {
            kind: ChangeKind::Delete,
            adds: Vec::new(),
            removes: vec![files::removal(file, true)],
            markers: Vec::new(),
        };
        if commit(&table, &delta, change).await?.is_some() {
            return Ok(DroppedFile::Dropped);
        }
    }
    Err(TableError::Contended {
        table: table.name(),
        attempts: ATTEMPTS,
    })
}
