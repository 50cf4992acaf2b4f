//! The directory of segment files as the buffer sees it; the one place in the crate with file calls.

use std::fmt::Debug;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file that grows at its end.
pub trait SegmentFile: Send + Debug {
    /// Appends all bytes or fails; after a failure any part of them may be there.
    ///
    /// # Errors
    /// Whatever the file system says.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns once everything appended would survive a power cut.
    ///
    /// # Errors
    /// Whatever the file system says; what was appended since the last success must count as lost.
    fn sync(&mut self) -> io::Result<()>;
}

/// A flat directory. Names contain no separators.
pub trait Storage: Send + Sync + Debug + 'static {
    /// Names of all files.
    ///
    /// # Errors
    /// Whatever the file system says, here and below.
    fn list(&self) -> io::Result<Vec<String>>;

    /// A whole file.
    ///
    /// # Errors
    /// As above.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;

    /// A new file, whose name survives a power cut from here on.
    ///
    /// # Errors
    /// Also if it exists.
    fn create(&self, name: &str) -> io::Result<Box<dyn SegmentFile>>;

    /// Cuts a file to `length`, durably.
    ///
    /// # Errors
    /// As above.
    fn truncate(&self, name: &str, length: u64) -> io::Result<()>;

    /// Puts `bytes` in the place of a file, which holds the old or the new bytes whatever happens.
    ///
    /// # Errors
    /// As above.
    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Gives a file another name.
    ///
    /// # Errors
    /// As above.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Deletes a file.
    ///
    /// # Errors
    /// As above.
    fn remove(&self, name: &str) -> io::Result<()>;
}

/// A real directory, held by a lock so that two programs never write to one buffer.
#[derive(Debug)]
pub struct DiskStorage {
    directory: PathBuf,
    _lock: File,
}

const LOCK_NAME: &str = "lock";

impl DiskStorage {
    /// Makes the directory if it is missing and takes its lock.
    ///
    /// # Errors
    /// If it cannot be made or written, or another program holds it.
    pub fn open(directory: &Path) -> io::Result<Self> {
        make_directory(directory)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(directory.join(LOCK_NAME))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                directory: directory.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(io::Error::new(
                ErrorKind::ResourceBusy,
                "another process uses this buffer directory",
            )),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn sync_directory(&self) -> io::Result<()> {
        File::open(&self.directory)?.sync_all()
    }
}

/// Makes a directory with its parents, so that it would still be there after a power cut.
fn make_directory(directory: &Path) -> io::Result<()> {
    let named = |path: &&Path| !path.as_os_str().is_empty();
    let missing: Vec<&Path> = directory
        .ancestors()
        .filter(named)
        .take_while(|path| !path.exists())
        .collect();
    fs::create_dir_all(directory)?;
    for made in missing {
        let parent = made.parent().filter(named).unwrap_or(Path::new("."));
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}

impl Storage for DiskStorage {
    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.directory.join(name))
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn SegmentFile>> {
        let file = OpenOptions::new()
            .create_new(true)
            .append(true)
            .open(self.directory.join(name))?;
        self.sync_directory()?;
        Ok(Box::new(DiskFile(file)))
    }

    fn truncate(&self, name: &str, length: u64) -> io::Result<()> {
        let file = OpenOptions::new()
            .write(true)
            .open(self.directory.join(name))?;
        file.set_len(length)?;
        file.sync_all()
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let new = self.directory.join(format!("{name}.new"));
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, self.directory.join(name))?;
        self.sync_directory()
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.directory.join(from), self.directory.join(to))?;
        self.sync_directory()
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.directory.join(name))
    }
}

#[derive(Debug)]
struct DiskFile(File);

impl SegmentFile for DiskFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}
