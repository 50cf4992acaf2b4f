//! Why a configuration cannot be used; each message names the key.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// A fault in the configuration. It stops the start.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Not TOML, an unknown key, or a value of another type. The message shows the line and the key.
    #[error(transparent)]
    Syntax(#[from] toml::de::Error),
    /// A value with the right type that makes no sense.
    #[error("{key}: {problem}")]
    Invalid {
        /// Dotted path of the key.
        key: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
}

impl ConfigError {
    pub(super) fn unreadable(path: &Path, source: std::io::Error) -> Self {
        Self::Unreadable {
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn invalid(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid {
            key: key.into(),
            problem: problem.into(),
        }
    }
}
