//! [`StoredFiles`]: stored data in a folder with the layout of Prebid Server's file system backend.
//!
//! `stored_requests/ID.json`, `stored_imps/ID.json`, `stored_responses/ID.json`, and `default_request.json`;
//! and also `profiles/ID.json`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::parse::parse;
use super::{Snapshot, Store, StoredKind};
use crate::data::watch::{FileFault, Folder, Refresh};

type ValueFolder = Folder<Arc<Value>>;

/// The files that are followed from now on, and the faults of files that are left out.
type Opened = (StoredFiles, Vec<FileFault>);

/// Follows the folder of stored data.
#[derive(Debug)]
pub(crate) struct StoredFiles {
    root: PathBuf,
    /// The stored data of the configuration; files take precedence.
    below: Snapshot,
    top: ValueFolder,
    folders: [(StoredKind, ValueFolder); 4],
    store: Arc<Store>,
}

impl StoredFiles {
    /// Reads the folder for the first time; the faults are files that are left out.
    ///
    /// # Errors
    /// If the folder cannot be listed.
    pub(crate) fn open(root: &Path, store: Arc<Store>) -> io::Result<Opened> {
        std::fs::read_dir(root)?;
        let mut files = Self {
            root: root.to_owned(),
            below: store.in_memory().as_ref().clone(),
            top: Folder::new(root.to_owned(), parse_default),
            folders: [
                (
                    StoredKind::Request,
                    folder(root, "stored_requests", parse_request),
                ),
                (StoredKind::Imp, folder(root, "stored_imps", parse_imp)),
                (
                    StoredKind::Response,
                    folder(root, "stored_responses", parse_response),
                ),
                (StoredKind::Profile, folder(root, "profiles", parse_profile)),
            ],
            store,
        };
        let faults = files.refresh();
        Ok((files, faults))
    }

    /// Takes over changes. Files that cannot be used keep their last good values.
    pub(crate) fn refresh(&mut self) -> Vec<FileFault> {
        // If the whole folder is missing, it is being exchanged or unmounted: keep what we have.
        if let Err(error) = std::fs::read_dir(&self.root) {
            return vec![fault(&self.root, &error)];
        }
        let mut changed = false;
        let mut faults = Vec::new();
        let folders = self.folders.iter_mut().map(|(_, folder)| folder);
        for folder in std::iter::once(&mut self.top).chain(folders) {
            match folder.refresh() {
                Ok(Refresh {
                    changed: here,
                    faults: found,
                }) => {
                    changed |= here;
                    faults.extend(found);
                }
                // No folder has to contain all of them.
                Err(error) if error.kind() == io::ErrorKind::NotFound => changed |= folder.clear(),
                Err(error) => faults.push(fault(folder.path(), &error)),
            }
        }
        if changed {
            self.store.replace(self.snapshot());
        }
        faults
    }

    fn snapshot(&self) -> Snapshot {
        let mut snapshot = self.below.clone();
        for (_, value) in self.top.values() {
            snapshot.set_default(Arc::clone(value));
        }
        for (kind, folder) in &self.folders {
            for (id, value) in folder.values() {
                snapshot.add(*kind, id, Arc::clone(value));
            }
        }
        snapshot
    }
}

fn folder(root: &Path, name: &str, parse: ParseValue) -> ValueFolder {
    Folder::new(root.join(name), parse)
}

type ParseValue = fn(&str, &[u8]) -> Result<Arc<Value>, String>;

fn parse_request(name: &str, bytes: &[u8]) -> Result<Arc<Value>, String> {
    parse_json(StoredKind::Request, name, bytes)
}

fn parse_imp(name: &str, bytes: &[u8]) -> Result<Arc<Value>, String> {
    parse_json(StoredKind::Imp, name, bytes)
}

fn parse_response(name: &str, bytes: &[u8]) -> Result<Arc<Value>, String> {
    parse_json(StoredKind::Response, name, bytes)
}

fn parse_profile(name: &str, bytes: &[u8]) -> Result<Arc<Value>, String> {
    parse_json(StoredKind::Profile, name, bytes)
}

fn parse_default(name: &str, bytes: &[u8]) -> Result<Arc<Value>, String> {
    if name != "default_request.json" {
        return Err("only default_request.json belongs here".to_owned());
    }
    parse_json(StoredKind::Request, name, bytes)
}

fn parse_json(kind: StoredKind, name: &str, bytes: &[u8]) -> Result<Arc<Value>, String> {
    if !name.ends_with(".json") {
        return Err("stored data has to be JSON".to_owned());
    }
    parse(kind, bytes).map(Arc::new)
}

fn fault(path: &Path, error: &io::Error) -> FileFault {
    FileFault {
        path: path.to_owned(),
        problem: error.to_string(),
    }
}

#[cfg(test)]
mod tests;
