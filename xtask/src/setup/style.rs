//! The formatters and linters that neither Cargo nor npm brings.

use std::path::PathBuf;

use super::python::Python;
use super::{Missing, debian};

/// For SQL.
const SQLFLUFF: Python = Python {
    what: "sqlfluff",
    takes: "a few seconds",
    folder: "sqlfluff",
    packages: &["sqlfluff==4.5.0"],
};

/// Installs them unless they are there.
pub(super) fn install(missing: &mut Vec<Missing>) {
    debian::install(debian::RUBOCOP, missing);
    SQLFLUFF.install(missing);
}

/// Where Python finds sqlfluff.
pub(crate) fn sqlfluff() -> PathBuf {
    SQLFLUFF.path()
}
