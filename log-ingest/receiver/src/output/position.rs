//! How far an output has come, in a file of its own beside the segments.

use std::io::{self, ErrorKind};

use crate::buffer::Storage;

/// The next thing that an output sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Position {
    /// Number of the first segment that is not done.
    pub(crate) seq: u64,
    /// Parts of the current work that are done.
    pub(crate) parts: u64,
    /// Last segment of the current work, once that is decided.
    pub(crate) until: Option<u64>,
    /// How the parts were cut; with other settings they are different parts.
    pub(crate) shape: u64,
}

/// As it is on the disk.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct PositionFile {
    #[serde(flatten)]
    position: Position,
    /// Over all of it: a number that a flipped bit made larger would skip events.
    #[serde(default)]
    checksum: Option<u32>,
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
                let position = Self::decode(&bytes);
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
        let file = PositionFile {
            position: self,
            checksum: Some(self.checksum()),
        };
        storage.replace(&file_name(output), &serde_json::to_vec(&file)?)
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let PositionFile { position, checksum } = serde_json::from_slice(bytes).ok()?;
        // Earlier versions wrote none.
        let whole = checksum.is_none_or(|checksum| checksum == position.checksum());
        whole.then_some(position)
    }

    fn checksum(self) -> u32 {
        let Self {
            seq,
            parts,
            until,
            shape,
        } = self;
        crc32fast::hash(format!("{seq} {parts} {until:?} {shape}").as_bytes())
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
