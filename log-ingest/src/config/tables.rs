//! `[tables]`: where the tables are.

use std::path::PathBuf;

/// As in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TablesSection {
    /// Directory with one Delta table in each folder, made if missing. Default "var/tables".
    pub directory: PathBuf,
}

impl Default for TablesSection {
    fn default() -> Self {
        Self {
            directory: PathBuf::from("var/tables"),
        }
    }
}
