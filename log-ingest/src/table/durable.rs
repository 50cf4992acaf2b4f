//! Makes a commit survive a power cut.
//!
//! The table format's library leaves it to the system when files reach the disk. The segment of
//! the buffer is deleted after the commit, so the commit's files are synced first: the data
//! files, the log entry that names them, and the directories that name both.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::TableError;

/// Syncs the log entry of that version and every data file it adds.
pub(crate) fn sync_commit(root: &Path, version: u64) -> Result<(), TableError> {
    let entry = root.join("_delta_log").join(format!("{version:020}.json"));
    let text = std::fs::read_to_string(&entry).map_err(failed("read", &entry))?;
    let mut files: Vec<PathBuf> = text
        .lines()
        .filter_map(added_path)
        .map(|path| root.join(path))
        .collect();
    files.push(entry);

    let mut directories = BTreeSet::from([root.to_owned()]);
    for file in &files {
        sync(file)?;
        directories.extend(file.parent().map(Path::to_owned));
    }
    directories.iter().try_for_each(|directory| sync(directory))
}

/// The path of an `add` action, relative to the table. Our partition values are dates, so the
/// path has nothing to unescape.
fn added_path(line: &str) -> Option<String> {
    let action: Value = serde_json::from_str(line).ok()?;
    Some(action.get("add")?.get("path")?.as_str()?.to_owned())
}

fn sync(path: &Path) -> Result<(), TableError> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(failed("sync", path))
}

fn failed(action: &'static str, path: &Path) -> impl Fn(std::io::Error) -> TableError {
    move |source| TableError::File {
        action,
        path: path.to_owned(),
        source,
    }
}
