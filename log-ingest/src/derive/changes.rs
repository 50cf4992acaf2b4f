//! What is new in a table since a version: the files that its commits brought or took.

use std::collections::HashSet;

use deltalake::Path;
use deltalake::kernel::{Add, Transaction};
use object_store::ObjectStoreExt as _;
use serde_json::Value;

use crate::table::log_entry::LogEntry;
use crate::table::version::TableVersion;
use crate::table::writer::marker_of;
use crate::table::{TableError, files};

/// New files of a source.
#[derive(Debug)]
pub(super) struct Changes {
    /// Files with rows that are new.
    pub(super) added: Vec<Add>,
    /// Files whose rows were replaced; statistics are missing.
    pub(super) removed: Vec<Add>,
    /// Whether the source has more, for another step.
    pub(super) more: bool,
    /// What to commit with the result.
    pub(super) marker: Transaction,
}

/// Whether sources have more than a step has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remaining {
    /// Another step is needed.
    Some,
    /// The step has taken all.
    None,
}

impl Remaining {
    pub(super) fn after(taken: &[Changes]) -> Self {
        match taken.iter().any(|changes| changes.more) {
            true => Self::Some,
            false => Self::None,
        }
    }
}

/// What the source has beyond the version with which `target` was made, up to `most_rows` rows and the rest of
/// their commit, so that memory has a bound; `None` = nothing.
pub(super) async fn since(
    source: &TableVersion,
    target: &TableVersion,
    most_rows: u64,
) -> Result<Option<Changes>, TableError> {
    let newest = &source.delta;
    let app_id = format!("derived-from/{}", source.table.name());
    let done = marker_of(&target.table, &target.delta, &app_id).await?;
    let current = newest.version().unwrap_or_default();
    let next = done.map_or(0, |version| u64::try_from(version).unwrap_or_default() + 1);
    if next > current {
        return Ok(None);
    }
    let mut gathered = Gathered::default();
    let mut reached = current;
    for version in next..=current {
        let entry = newest.log_store().read_commit_entry(version).await;
        let Ok(Some(entry)) = entry else {
            // The log does not go back so far.
            gathered = Gathered::everything(source)?;
            reached = current;
            break;
        };
        gathered.take(&LogEntry::parse(&entry));
        reached = version;
        if gathered.rows >= most_rows {
            break;
        }
    }
    if gathered.is_gone_in_part(source).await? {
        gathered = Gathered::everything(source)?;
        reached = current;
    }
    Ok(Some(Changes {
        added: gathered.added,
        removed: gathered.removed,
        more: reached < current,
        marker: Transaction::new(app_id, i64::try_from(reached).unwrap_or(i64::MAX)),
    }))
}

#[derive(Debug, Default)]
struct Gathered {
    added: Vec<Add>,
    removed: Vec<Add>,
    rows: u64,
}

impl Gathered {
    /// All that there is counts as new.
    fn everything(source: &TableVersion) -> Result<Self, TableError> {
        Ok(Self {
            added: source.files()?,
            ..Self::default()
        })
    }

    /// Whether a file has been deleted since its rows were moved to another: after that long, nobody knows any more what
    /// was new in it.
    async fn is_gone_in_part(&self, source: &TableVersion) -> Result<bool, TableError> {
        let live = files::live(source.description(), &source.delta)?;
        let live: HashSet<&str> = live.iter().map(|file| file.path.as_str()).collect();
        let store = source.delta.log_store().object_store(None);
        for file in &self.added {
            if !live.contains(file.path.as_str()) {
                let there = store.head(&Path::from(file.path.as_str())).await;
                if matches!(there, Err(object_store::Error::NotFound { .. })) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Takes the files of a commit, unless it only deletes or only moves rows: rows that go for
    /// their age stay in what was derived from them.
    fn take(&mut self, entry: &LogEntry) {
        if matches!(entry.operation(), Some("DELETE" | "OPTIMIZE")) {
            return;
        }
        for file in entry.actions("add").filter_map(file) {
            self.rows += files::rows_of(&file);
            self.added.push(file);
        }
        self.removed
            .extend(entry.actions("remove").filter_map(file));
    }
}

/// As much of an add or a remove as reading the file needs.
fn file(action: &Value) -> Option<Add> {
    if action.get("dataChange").and_then(Value::as_bool) != Some(true) {
        return None;
    }
    let values = action.get("partitionValues")?.as_object()?.iter();
    Some(Add {
        path: action.get("path")?.as_str()?.to_owned(),
        partition_values: values
            .map(|(name, value)| (name.clone(), value.as_str().map(str::to_owned)))
            .collect(),
        size: action.get("size")?.as_i64()?,
        modification_time: 0,
        data_change: true,
        stats: action
            .get("stats")
            .and_then(Value::as_str)
            .map(str::to_owned),
        tags: None,
        deletion_vector: None,
        base_row_id: None,
        default_row_commit_version: None,
        clustering_provider: None,
    })
}
