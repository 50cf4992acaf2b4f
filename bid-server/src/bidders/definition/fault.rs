//! What is wrong with a definition: the file, the key, the problem.

use thiserror::Error;

/// A fault in a definition. It stops the start.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}: {key}: {problem}")]
pub(crate) struct DefinitionError {
    /// The file, as it was given or found.
    pub(crate) file: String,
    /// Dotted path of the key.
    pub(crate) key: String,
    /// What is wrong, and what would be right.
    pub(crate) problem: String,
}

/// A fault whose file is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyFault {
    pub(crate) key: String,
    pub(crate) problem: String,
}

impl KeyFault {
    pub(crate) fn new(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            problem: problem.into(),
        }
    }

    /// Adds the name of the file.
    pub(crate) fn within(self, file: &str) -> DefinitionError {
        DefinitionError {
            file: file.to_owned(),
            key: self.key,
            problem: self.problem,
        }
    }
}
