//! The buffer's name and the next segment number, kept in a file of their own, so that a number is never used
//! twice even when all segments have landed and are gone.
//!
//! Numbers are claimed in blocks: the file holds the end of the claimed block, and a restart goes on behind it.
//! A missing or damaged file gets a new name, under which numbers may start anywhere.

use std::io::{self, ErrorKind};

use uuid::Uuid;

use super::storage::Storage;

const FILE_NAME: &str = "identity.json";
const BLOCK: u64 = 64;

/// Name and numbers.
#[derive(Debug)]
pub(crate) struct Identity {
    buffer_id: Uuid,
    next: u64,
    claimed: u64,
}

#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct IdentityFile {
    buffer_id: String,
    /// No number from here on has been used.
    claimed: u64,
    /// Over both. A number that a flipped bit made smaller would be used twice, and its segment taken for a repetition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    checksum: Option<u32>,
}

impl Identity {
    /// Reads the file, or begins a new identity. `floor` is above every number in the name of a segment file.
    pub(crate) fn open(storage: &dyn Storage, floor: u64) -> io::Result<Self> {
        let (buffer_id, claimed) = match storage.read(FILE_NAME) {
            Ok(bytes) => parse(&bytes).unwrap_or_else(|| {
                tracing::error!("buffer identity is damaged; a new one begins");
                (Uuid::new_v4(), 1)
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => (Uuid::new_v4(), 1),
            Err(error) => return Err(error),
        };
        // The first segment claims its number, so that a disk which is full now does not stop the start.
        let next = claimed.max(floor);
        Ok(Self {
            buffer_id,
            next,
            claimed: next,
        })
    }

    /// The buffer's name.
    pub(crate) fn buffer_id(&self) -> Uuid {
        self.buffer_id
    }

    /// No segment has this number yet, nor a higher one.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// A number that no segment ever had, durably used up.
    pub(crate) fn take(&mut self, storage: &dyn Storage) -> io::Result<u64> {
        if self.next >= self.claimed {
            self.claim(storage)?;
        }
        let seq = self.next;
        self.next += 1;
        Ok(seq)
    }

    fn claim(&mut self, storage: &dyn Storage) -> io::Result<()> {
        let claimed = self.next + BLOCK;
        let file = IdentityFile {
            buffer_id: self.buffer_id.simple().to_string(),
            claimed,
            checksum: Some(checksum(self.buffer_id, claimed)),
        };
        storage.replace(FILE_NAME, &serde_json::to_vec(&file)?)?;
        self.claimed = claimed;
        Ok(())
    }
}

fn parse(bytes: &[u8]) -> Option<(Uuid, u64)> {
    let file: IdentityFile = serde_json::from_slice(bytes).ok()?;
    let buffer_id = Uuid::try_parse(&file.buffer_id).ok()?;
    let expected = checksum(buffer_id, file.claimed);
    // Earlier versions wrote none.
    let whole = file.checksum.is_none_or(|checksum| checksum == expected);
    whole.then_some((buffer_id, file.claimed))
}

fn checksum(buffer_id: Uuid, claimed: u64) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(buffer_id.as_bytes());
    hasher.update(&claimed.to_le_bytes());
    hasher.finalize()
}

#[cfg(test)]
mod tests;
