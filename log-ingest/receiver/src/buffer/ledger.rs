//! Which segments are still wanted, and by whom: the tables, and each output.
//!
//! A segment that has landed and that an output still wants keeps its file, under a name that says so; it does not count
//! against the buffer's cap, so that an output never keeps anybody from sending.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::sealed::SealedSegment;
use super::segment_file::Header;
use super::storage::Storage;

/// End of the name of a file that a person should look at.
pub(crate) const DAMAGED_SUFFIX: &str = ".damaged";
/// End of the name of a segment that is only there for outputs.
pub(crate) const LANDED_SUFFIX: &str = ".landed";

/// End of the name of the file beside a segment that says how far its landing in parts has come.
const PARTS_SUFFIX: &str = ".parts";

/// The name of that file.
pub(crate) fn parts_file(segment: &str) -> String {
    format!("{segment}{PARTS_SUFFIX}")
}

/// The segment that such a file belongs to.
pub(super) fn segment_of_parts(name: &str) -> Option<&str> {
    name.strip_suffix(PARTS_SUFFIX)
        .filter(|segment| Header::seq_of(segment).is_some())
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Ledger {
    storage: Arc<dyn Storage>,
    everybody: u32,
    segments: Mutex<Segments>,
    changes: watch::Sender<u64>,
}

/// By number.
type Segments = BTreeMap<u64, Kept>;

#[derive(Debug, Clone)]
struct Kept {
    name: String,
    length: u64,
    began_us: i64,
    landed: bool,
    /// It has damage, and its file stays for a person to look at.
    aside: bool,
    wanted: u32,
}

/// What an output has not got yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Lag {
    /// Bytes of segments.
    pub(crate) bytes: u64,
    /// When the oldest of them was begun, in microseconds since 1970.
    pub(crate) since_us: Option<i64>,
}

impl Ledger {
    pub(crate) fn new(storage: Arc<dyn Storage>, outputs: usize) -> Self {
        let everybody = (0..outputs).fold(0, |bits, output| bits | bit(output));
        Self {
            storage,
            everybody,
            segments: Mutex::default(),
            changes: watch::Sender::new(0),
        }
    }

    /// Whether anybody but the tables wants segments.
    pub(crate) fn has_outputs(&self) -> bool {
        self.everybody != 0
    }

    /// A segment that was just sealed; all outputs want it.
    pub(crate) fn add(&self, segment: &SealedSegment) {
        self.restore(segment, self.everybody);
    }

    /// A segment that was found at the start.
    pub(crate) fn restore(&self, segment: &SealedSegment, wanted: u32) {
        let Some(seq) = seq_of(&segment.name).filter(|_| wanted != 0) else {
            return;
        };
        let kept = Kept {
            name: segment.name.clone(),
            length: segment.length,
            began_us: segment.began_us,
            landed: Header::seq_of(&segment.name).is_none(),
            aside: segment.name.ends_with(DAMAGED_SUFFIX),
            wanted,
        };
        self.lock().insert(seq, kept);
        self.changed();
    }

    /// The tables have it. Its file goes, or gets another name. Blocks.
    pub(crate) fn landed(&self, segment: &str, damaged: bool) -> io::Result<()> {
        let mut segments = self.lock();
        let kept = seq_of(segment).and_then(|seq| segments.get_mut(&seq));
        let suffix = match (damaged, &kept) {
            (true, _) => DAMAGED_SUFFIX,
            (false, Some(_)) => LANDED_SUFFIX,
            (false, None) => return self.storage.remove(segment),
        };
        let name = format!("{segment}{suffix}");
        self.storage.rename(segment, &name)?;
        if let Some(kept) = kept {
            (kept.name, kept.landed, kept.aside) = (name, true, damaged);
        }
        Ok(())
    }

    /// An output has it, or gives it up. Blocks.
    pub(crate) fn release(&self, output: usize, seq: u64) {
        let mut segments = self.lock();
        let Some(kept) = segments.get_mut(&seq) else {
            return;
        };
        kept.wanted &= !bit(output);
        if kept.wanted != 0 {
            return;
        }
        if kept.landed && !kept.aside {
            // If it stays, the next start looks at it.
            if let Err(error) = self.storage.remove(&kept.name) {
                tracing::warn!(segment.name = kept.name, error = %error, "segment not removed");
            }
        }
        segments.remove(&seq);
    }

    /// The bytes of a segment. Blocks.
    pub(crate) fn read(&self, seq: u64) -> io::Result<Vec<u8>> {
        loop {
            let kept = self.lock().get(&seq).cloned();
            let Kept { name, length, .. } = kept.ok_or(ErrorKind::NotFound)?;
            match self.storage.read(&name) {
                Ok(mut bytes) => {
                    bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
                    return Ok(bytes);
                }
                // It landed, and has another name since.
                Err(error) if error.kind() == ErrorKind::NotFound && self.renamed(seq, &name) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn renamed(&self, seq: u64, name: &str) -> bool {
        let segments = self.lock();
        segments.get(&seq).is_some_and(|kept| kept.name != name)
    }

    /// Numbers and lengths of the segments that the output wants, in order.
    pub(crate) fn wanted(&self, output: usize) -> Vec<(u64, u64)> {
        let segments = self.lock();
        let wanted = segments.iter().filter(|(_, kept)| kept.is_wanted(output));
        wanted.map(|(seq, kept)| (*seq, kept.length)).collect()
    }

    pub(crate) fn lag(&self, output: usize) -> Lag {
        let segments = self.lock();
        let mut lag = Lag::default();
        for kept in segments.values().filter(|kept| kept.is_wanted(output)) {
            lag.bytes += kept.length;
            lag.since_us = lag.since_us.or(Some(kept.began_us));
        }
        lag
    }

    /// Reports when segments are added.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// A panic elsewhere cannot leave the list half changed.
    fn lock(&self) -> MutexGuard<'_, Segments> {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn is_wanted(&self, output: usize) -> bool {
        self.wanted & bit(output) != 0
    }
}

/// The output's bit in a set of outputs.
pub(crate) fn bit(output: usize) -> u32 {
    u32::try_from(output).map_or(0, |output| 1_u32.checked_shl(output).unwrap_or(0))
}

/// The number of a segment, whatever has become of it.
pub(crate) fn seq_of(name: &str) -> Option<u64> {
    let name = name.strip_suffix(LANDED_SUFFIX).unwrap_or(name);
    Header::seq_of(name.strip_suffix(DAMAGED_SUFFIX).unwrap_or(name))
}

#[cfg(test)]
mod tests;
