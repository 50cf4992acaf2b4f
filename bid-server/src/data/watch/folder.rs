//! [`Folder`]: the files of one folder, each with its last good value.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::file_id;

/// Nobody writes longer files by hand, and a pipe or device must not fill the memory.
const MAX_FILE_BYTES: u64 = 8 << 20;

/// Interprets the text of a file; its name is given for the extension.
pub(crate) type ParseFile<T> = fn(&str, &[u8]) -> Result<T, String>;

/// Ids and stamps by file name.
type Listing = BTreeMap<String, (String, Stamp)>;

/// A folder whose files are read again when they change.
#[derive(Debug)]
pub(crate) struct Folder<T> {
    path: PathBuf,
    parse: ParseFile<T>,
    files: BTreeMap<String, Entry<T>>,
}

#[derive(Debug)]
struct Entry<T> {
    id: String,
    stamp: Stamp,
    /// The last good value; `None` = there never was one.
    value: Option<T>,
}

/// Tells different contents apart without reading them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    bytes: u64,
    seconds: i64,
    nanos: i64,
}

/// The result of checking the folder.
#[derive(Debug, Default)]
pub(crate) struct Refresh {
    /// Values were added, replaced or removed.
    pub(crate) changed: bool,
    /// Files that changed and cannot be used; their last good values stay.
    pub(crate) faults: Vec<FileFault>,
}

/// A file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}: {problem}", path.display())]
pub(crate) struct FileFault {
    /// The file.
    pub(crate) path: PathBuf,
    /// Why.
    pub(crate) problem: String,
}

impl<T> Folder<T> {
    /// A folder of `.json` and `.toml` files. Nothing has been read yet.
    pub(crate) fn new(path: PathBuf, parse: ParseFile<T>) -> Self {
        Self {
            path,
            parse,
            files: BTreeMap::new(),
        }
    }

    /// The folder's path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Every id with its last good value, sorted by file name.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&str, &T)> {
        let files = self.files.values();
        files.filter_map(|file| Some((file.id.as_str(), file.value.as_ref()?)))
    }

    /// Forgets all files; returns whether there were any.
    pub(crate) fn clear(&mut self) -> bool {
        let any = !self.files.is_empty();
        self.files.clear();
        any
    }

    /// Reads what changed since the last check. Blocks on the file system.
    ///
    /// # Errors
    /// If the folder itself cannot be listed; then everything stays as it was.
    pub(crate) fn refresh(&mut self) -> io::Result<Refresh> {
        let present = list(&self.path)?;
        let mut refresh = Refresh::default();
        let before = self.files.len();
        self.files.retain(|name, _| present.contains_key(name));
        refresh.changed = self.files.len() != before;
        for (name, (id, stamp)) in present {
            if self.files.get(&name).is_none_or(|file| file.stamp != stamp) {
                self.read(name, id, stamp, &mut refresh);
            }
        }
        Ok(refresh)
    }

    fn read(&mut self, name: String, id: String, stamp: Stamp, refresh: &mut Refresh) {
        let path = self.path.join(&name);
        let twice = self
            .files
            .iter()
            .any(|(other, file)| *other != name && file.id == id);
        let read = if twice {
            Err(format!("another file holds {id:?} too"))
        } else {
            read_capped(&path)
                .map_err(|error| error.to_string())
                .and_then(|bytes| (self.parse)(&name, &bytes))
        };
        let old = self.files.remove(&name);
        let value = match read {
            Ok(value) => {
                refresh.changed = true;
                Some(value)
            }
            Err(problem) => {
                refresh.faults.push(FileFault { path, problem });
                old.and_then(|file| file.value)
            }
        };
        self.files.insert(name, Entry { id, stamp, value });
    }
}

fn list(folder: &Path) -> io::Result<Listing> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let Some(id) = file_id::of(&name) else {
            continue;
        };
        // Follows links, because mounted configuration is full of them; files that have vanished meanwhile
        // are skipped.
        let Ok(metadata) = std::fs::metadata(entry.path()) else {
            continue;
        };
        if metadata.is_file() {
            files.insert(name, (id, Stamp::of(&metadata)));
        }
    }
    Ok(files)
}

fn read_capped(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_FILE_BYTES) {
        return Err(io::Error::other(format!(
            "larger than {MAX_FILE_BYTES} bytes"
        )));
    }
    Ok(bytes)
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            inode: metadata.ino(),
            bytes: metadata.size(),
            seconds: metadata.mtime(),
            nanos: metadata.mtime_nsec(),
        }
    }
}

#[cfg(test)]
mod tests;
