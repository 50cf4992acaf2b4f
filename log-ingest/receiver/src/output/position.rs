//! How far an output has come, in a file of its own beside the segments.

use std::io::{self, ErrorKind};

use crate::buffer::Storage;

/// The next thing that an output sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Position {
    /// Number of the first segment that is not done.
    pub(crate) seq: u64,
    /// Parts of the current work that are done.
    pub(crate) parts: u64,
    /// Last segment of the current work, once that is decided.
    pub(crate) until: Option<u64>,
    /// How the parts were cut; with other settings they are others.
    pub(crate) shape: u64,
}

impl Position {
    pub(crate) fn at(seq: u64, shape: u64) -> Self {
        Self {
            seq,
            parts: 0,
            until: None,
            shape,
        }
    }

    /// Of that output; `None` = it is new, or the file is damaged.
    pub(crate) fn read(storage: &dyn Storage, output: &str) -> io::Result<Option<Self>> {
        match storage.read(&file_name(output)) {
            Ok(bytes) => {
                let position = serde_json::from_slice(&bytes).ok();
                if position.is_none() {
                    tracing::warn!(
                        output.name = output,
                        "position of an output is damaged; it begins anew"
                    );
                }
                Ok(position)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn write(self, storage: &dyn Storage, output: &str) -> io::Result<()> {
        storage.replace(&file_name(output), &serde_json::to_vec(&self)?)
    }
}

const PREFIX: &str = "output-";
const SUFFIX: &str = ".position";

fn file_name(output: &str) -> String {
    format!("{PREFIX}{output}{SUFFIX}")
}

/// The output that a file is the position of.
pub(crate) fn output_of(name: &str) -> Option<&str> {
    name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)
}
