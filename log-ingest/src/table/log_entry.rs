//! One entry of a table's log: what a commit brought and took, read from its JSON lines.

use deltalake::kernel::Transaction;
use serde_json::Value;

/// The actions of a commit.
#[derive(Debug)]
pub(crate) struct LogEntry(Vec<Value>);

impl LogEntry {
    /// The lines of an entry; one that is not JSON is left out.
    pub(crate) fn parse(entry: &[u8]) -> Self {
        let lines = entry.split(|byte| *byte == b'\n');
        Self(
            lines
                .filter_map(|line| serde_json::from_slice(line).ok())
                .collect(),
        )
    }

    /// What the table's history calls the commit.
    pub(crate) fn operation(&self) -> Option<&str> {
        let mut operations = self.0.iter().filter_map(|action| {
            let operation = action.pointer("/commitInfo/operation");
            operation.and_then(Value::as_str)
        });
        operations.next()
    }

    /// The actions of that name, such as `add`.
    pub(crate) fn actions<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter_map(move |action| action.get(name))
    }

    /// Whether it carries that marker.
    pub(crate) fn has_marker(&self, marker: &Transaction) -> bool {
        self.actions("txn").any(|txn| {
            let app_id = txn.get("appId").and_then(Value::as_str);
            let version = txn.get("version").and_then(Value::as_i64);
            app_id == Some(&marker.app_id) && version == Some(marker.version)
        })
    }

    /// Rows of the files that it added, by their statistics.
    pub(crate) fn added_rows(&self) -> usize {
        let rows = self.actions("add").filter_map(|add| {
            let stats: Value = serde_json::from_str(add.get("stats")?.as_str()?).ok()?;
            usize::try_from(stats.get("numRecords")?.as_u64()?).ok()
        });
        rows.sum()
    }
}
