//! A disk in memory that forgets what was not synced when its power is cut, and fails at seeded moments before that.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard};

use log_receiver::{SegmentFile, Storage};

/// One in this many calls fails.
const FAULTS: u64 = 25;

#[derive(Debug, Clone, Default)]
struct Content {
    bytes: Vec<u8>,
    synced: usize,
}

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<String, Content>,
    /// Deleted, but the directory was not synced since.
    deleted: BTreeMap<String, Content>,
    life: u64,
    random: u64,
    healthy: bool,
}

/// A handle of one life; after the cut it only fails.
#[derive(Debug, Clone)]
pub(crate) struct FrailDisk {
    state: Arc<Mutex<State>>,
    life: u64,
}

impl State {
    /// `SplitMix64`.
    fn below(&mut self, limit: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn fails(&mut self) -> bool {
        !self.healthy && self.below(FAULTS) == 0
    }

    fn file(&mut self, name: &str) -> io::Result<&mut Content> {
        self.files
            .get_mut(name)
            .ok_or_else(|| ErrorKind::NotFound.into())
    }
}

impl FrailDisk {
    pub(crate) fn new(seed: u64) -> Self {
        let state = State {
            random: seed,
            ..State::default()
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            life: 0,
        }
    }

    /// From here on everything works.
    pub(crate) fn heal(&self) {
        self.state.lock().unwrap().healthy = true;
    }

    pub(crate) fn is_frail(&self) -> bool {
        !self.state.lock().unwrap().healthy
    }

    /// What was not synced goes, or a part of it stays, or there are zeros in its place; deleted files may be back. One time
    /// in three only the process is killed: the next start finds all that was written, and only the cut after that takes
    /// what is still not synced.
    pub(crate) fn cut(&self) {
        let mut state = self.state.lock().unwrap();
        state.life += 1;
        if state.below(3) == 0 {
            return;
        }
        let deleted = std::mem::take(&mut state.deleted);
        for (name, content) in deleted {
            if state.below(2) == 0 {
                state.files.entry(name).or_insert(content);
            }
        }
        let names: Vec<String> = state.files.keys().cloned().collect();
        for name in names {
            let (stays, zeros) = (state.below(1000), state.below(3) == 0);
            let file = state.files.get_mut(&name).unwrap();
            let unsynced = file.bytes.len() - file.synced;
            let kept = unsynced * usize::try_from(stays).unwrap() / 1000;
            file.bytes.truncate(file.synced + kept);
            if zeros {
                let synced = file.synced;
                file.bytes.get_mut(synced..).unwrap().fill(0);
            }
            file.synced = file.bytes.len();
        }
    }

    /// The disk as the next start finds it.
    pub(crate) fn after_the_cut(&self) -> Self {
        let life = self.state.lock().unwrap().life;
        Self {
            state: Arc::clone(&self.state),
            life,
        }
    }

    fn state(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.state.lock().unwrap();
        match state.life == self.life {
            true => Ok(state),
            false => Err(io::Error::other("the power is gone")),
        }
    }
}

#[derive(Debug)]
struct FrailFile {
    disk: FrailDisk,
    name: String,
}

impl SegmentFile for FrailFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.disk.state()?;
        // The index of chunks does without room on purpose; another test covers that.
        let full = state.fails() && !self.name.ends_with(".index");
        let taken = match full {
            true => usize::try_from(state.below(bytes.len() as u64)).unwrap(),
            false => bytes.len(),
        };
        let file = state.file(&self.name)?;
        file.bytes.extend_from_slice(bytes.get(..taken).unwrap());
        match full {
            true => Err(ErrorKind::StorageFull.into()),
            false => Ok(()),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.disk.state()?;
        if state.fails() {
            return Err(io::Error::other("input/output error"));
        }
        let file = state.file(&self.name)?;
        file.synced = file.bytes.len();
        Ok(())
    }
}

impl Storage for FrailDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.state()?.files.keys().cloned().collect())
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        Ok(self.state()?.file(name)?.bytes.clone())
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn SegmentFile>> {
        let mut state = self.state()?;
        if state.fails() && !name.ends_with(".index") {
            return Err(ErrorKind::StorageFull.into());
        }
        if state.files.contains_key(name) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        state.files.insert(name.to_owned(), Content::default());
        state.deleted.clear();
        Ok(Box::new(FrailFile {
            disk: self.clone(),
            name: name.to_owned(),
        }))
    }

    /// This fails too: then whole records are left for which nobody was given an ack.
    fn truncate(&self, name: &str, length: u64) -> io::Result<()> {
        let mut state = self.state()?;
        if state.fails() {
            return Err(io::Error::other("input/output error"));
        }
        let file = state.file(name)?;
        file.bytes.truncate(usize::try_from(length).unwrap());
        file.synced = file.bytes.len();
        Ok(())
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state()?;
        let content = Content {
            bytes: bytes.to_vec(),
            synced: bytes.len(),
        };
        state.files.insert(name.to_owned(), content);
        state.deleted.clear();
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state()?;
        let content = state.files.remove(from).ok_or(ErrorKind::NotFound)?;
        state.files.insert(to.to_owned(), content);
        state.deleted.clear();
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state()?;
        let content = state.files.remove(name).ok_or(ErrorKind::NotFound)?;
        state.deleted.insert(name.to_owned(), content);
        Ok(())
    }
}
