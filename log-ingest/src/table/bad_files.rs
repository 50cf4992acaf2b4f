//! Files that cannot be read: what is wrong with one is found out and remembered, so that it costs itself alone.
//!
//! Whoever needs the other files of the table goes on without it ([`super::version`]); whoever asks for its rows is told
//! its name. It stays in the table: what is in it may be had again, from a copy or by mending the disk.

use std::any::Any;
use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deltalake::Path;
use deltalake::logstore::ObjectStoreRef;
use deltalake::parquet::errors::ParquetError;
use object_store::ObjectStoreExt as _;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::gauge::ConstGauge;

use super::TableError;

/// A file that the table's log has and nobody can read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("file {path} of table {table} cannot be read: {fault}")]
pub struct BadFile {
    /// Name of the table.
    pub table: &'static str,
    /// Path in the table's directory.
    pub path: String,
    /// What is wrong with it.
    pub fault: FileFault,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFault {
    /// It is not there.
    Missing,
    /// It is not what was written.
    Damaged(String),
}

impl fmt::Display for FileFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("it is missing"),
            Self::Damaged(reason) => write!(formatter, "it is damaged ({reason})"),
        }
    }
}

/// The bad files of a lake's tables that this process has come across; clones share them.
#[derive(Debug, Clone, Default)]
pub struct BadFiles(Arc<Mutex<Found>>);

/// By table and path.
type Found = BTreeMap<(&'static str, String), FoundFile>;

#[derive(Debug)]
struct FoundFile {
    fault: FileFault,
    /// Whether `table_loads` has a row about it.
    named: bool,
}

impl BadFiles {
    /// All that are known.
    pub fn all(&self) -> Vec<BadFile> {
        self.lock().iter().map(bad_file).collect()
    }

    /// Whether there are any in that table.
    pub(crate) fn any(&self, table: &'static str) -> bool {
        self.lock().keys().any(|(of, _)| *of == table)
    }

    pub(crate) fn has(&self, table: &'static str, path: &str) -> bool {
        let found = self.lock();
        // Mostly there are none, and then no path is copied.
        !found.is_empty() && found.contains_key(&(table, path.to_owned()))
    }

    /// Remembers one and says so once.
    pub(super) fn add(&self, file: BadFile) {
        let BadFile { table, path, fault } = file;
        let text = fault.to_string();
        let key = (table, path.clone());
        let found = FoundFile {
            fault,
            named: false,
        };
        if self.lock().insert(key, found).is_none() {
            tracing::error!(
                table,
                path,
                fault = text,
                "a file cannot be read; everything else goes on without it"
            );
        }
    }

    /// Those of which `table_loads` has no row yet.
    pub(crate) fn unnamed(&self) -> Vec<BadFile> {
        let found = self.lock();
        let unnamed = found.iter().filter(|(_, file)| !file.named);
        unnamed.map(bad_file).collect()
    }

    /// `table_loads` has a row of these now.
    pub(crate) fn named(&self, files: &[BadFile]) {
        let mut found = self.lock();
        for file in files {
            if let Some(file) = found.get_mut(&(file.table, file.path.clone())) {
                file.named = true;
            }
        }
    }

    /// Forgets those of a table that it has no longer.
    pub(crate) fn keep(&self, table: &'static str, live: &HashSet<String>) {
        self.lock()
            .retain(|(of, path), _| *of != table || live.contains(path));
    }

    fn lock(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bad_file(((table, path), file): (&(&'static str, String), &FoundFile)) -> BadFile {
    BadFile {
        table,
        path: path.clone(),
        fault: file.fault.clone(),
    }
}

impl Collector for BadFiles {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut tables: BTreeMap<&'static str, i64> = BTreeMap::new();
        for file in self.all() {
            *tables.entry(file.table).or_default() += 1;
        }
        let gauge = ConstGauge::new(0_i64);
        let mut family = encoder.encode_descriptor(
            "log_ingest_bad_files",
            "Files of a table that are missing or damaged; everything else goes on without them",
            None,
            gauge.metric_type(),
        )?;
        for (table, count) in tables {
            let labels = [("table", table)];
            ConstGauge::new(count).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

/// A file that is being read, to tell what an error says about it.
#[derive(Debug, Clone)]
pub(super) struct FileInQuestion {
    pub(super) table: &'static str,
    pub(super) store: ObjectStoreRef,
    pub(super) path: String,
    /// As the table's log has it.
    pub(super) size: u64,
}

impl FileInQuestion {
    /// Whether the file is at fault, or the way to it.
    ///
    /// The decoder's errors are about what it has read. Those of the store may be about anything, so the store is asked
    /// for the file again.
    pub(super) async fn judge(&self, error: ParquetError) -> TableError {
        if chain(&error).all(|cause| !cause.is::<object_store::Error>()) {
            return self.is_bad(FileFault::Damaged(error.to_string()));
        }
        match self.store.head(&Path::from(self.path.as_str())).await {
            Err(object_store::Error::NotFound { .. }) => self.is_bad(FileFault::Missing),
            Ok(there) if there.size != self.size => {
                let reason = format!("it has {} bytes in place of {}", there.size, self.size);
                self.is_bad(FileFault::Damaged(reason))
            }
            Ok(_) if chain(&error).any(is_about_the_bytes) => {
                self.is_bad(FileFault::Damaged(error.to_string()))
            }
            Ok(_) | Err(_) => TableError::delta(self.table)(error.into()),
        }
    }

    /// The decoder has met bytes with which it does not even fail in order.
    pub(super) fn panicked(&self, panic: &(dyn Any + Send)) -> TableError {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
        let reason = said.unwrap_or("reading it panics");
        self.is_bad(FileFault::Damaged(reason.to_owned()))
    }

    fn is_bad(&self, fault: FileFault) -> TableError {
        TableError::BadFile(BadFile {
            table: self.table,
            path: self.path.clone(),
            fault,
        })
    }
}

/// The error and what has caused it.
fn chain<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> + 'a {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// What the system says of a place of the disk that has died, or of a file that may not be read, and not of a moment
/// without memory or open files.
fn is_about_the_bytes(error: &(dyn Error + 'static)) -> bool {
    /// `EIO`, for which the standard library has no name.
    const INPUT_OUTPUT: i32 = 5;
    error.downcast_ref::<io::Error>().is_some_and(|error| {
        let kinds = [
            io::ErrorKind::InvalidData,
            io::ErrorKind::IsADirectory,
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::UnexpectedEof,
        ];
        kinds.contains(&error.kind()) || error.raw_os_error() == Some(INPUT_OUTPUT)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(path: &str) -> BadFile {
        BadFile {
            table: "bids",
            path: path.to_owned(),
            fault: FileFault::Missing,
        }
    }

    #[test]
    fn a_bad_file_is_named_once_and_forgotten_with_the_file() {
        let files = BadFiles::default();
        files.add(bad("a"));
        files.add(bad("b"));
        assert_eq!(files.unnamed(), [bad("a"), bad("b")]);
        files.named(&[bad("a")]);
        assert_eq!(files.unnamed(), [bad("b")]);
        files.keep("bids", &HashSet::from(["a".to_owned()]));
        files.keep("auctions", &HashSet::new());
        assert_eq!(files.all(), [bad("a")]);
        assert!(files.has("bids", "a") && !files.has("bids", "b") && !files.has("auctions", "a"));
    }

    #[test]
    fn a_dead_place_of_the_disk_is_the_files_fault_and_too_many_open_files_are_not() {
        let cases = [
            (io::Error::from_raw_os_error(5), true),
            (io::ErrorKind::UnexpectedEof.into(), true),
            (io::ErrorKind::PermissionDenied.into(), true),
            (io::Error::from_raw_os_error(24), false),
            (io::ErrorKind::TimedOut.into(), false),
        ];
        for (error, expected) in cases {
            let text = error.to_string();
            let wrapped = object_store::Error::Generic {
                store: "test",
                source: Box::new(error),
            };
            let error = ParquetError::External(Box::new(wrapped));
            let found = chain(&error).any(is_about_the_bytes);
            assert_eq!(found, expected, "{text}");
        }
    }
}
