//! A directory in memory, as far as opening a buffer needs one.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::buffer::{SegmentFile, Storage};

type Files = BTreeMap<String, Vec<u8>>;

/// Files by name.
#[derive(Debug, Default)]
pub(super) struct MemoryDisk(Mutex<Files>);

impl MemoryDisk {
    pub(super) fn with(name: &str, bytes: Vec<u8>) -> Self {
        Self(Mutex::new([(name.to_owned(), bytes)].into()))
    }

    pub(super) fn bytes(&self, name: &str) -> Vec<u8> {
        self.files().get(name).cloned().unwrap_or_default()
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Storage for MemoryDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.files().keys().cloned().collect())
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let files = self.files();
        let found = files.get(name).cloned();
        found.ok_or_else(|| ErrorKind::NotFound.into())
    }

    /// Opening a buffer writes no segment.
    fn create(&self, _: &str) -> io::Result<Box<dyn SegmentFile>> {
        Err(ErrorKind::Unsupported.into())
    }

    fn truncate(&self, name: &str, length: u64) -> io::Result<()> {
        let length = usize::try_from(length).map_err(io::Error::other)?;
        let mut files = self.files();
        let file = files.get_mut(name).ok_or(ErrorKind::NotFound)?;
        file.truncate(length);
        Ok(())
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.files().insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut files = self.files();
        let bytes = files.remove(from).ok_or(ErrorKind::NotFound)?;
        files.insert(to.to_owned(), bytes);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let removed = self.files().remove(name);
        removed.map(drop).ok_or_else(|| ErrorKind::NotFound.into())
    }
}
