//! The Unix socket beside the forward port.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use tokio::net::UnixListener;

/// A Unix socket whose file is removed with it.
#[derive(Debug)]
pub(crate) struct UnixSocket {
    pub(crate) listener: UnixListener,
    path: PathBuf,
}

impl UnixSocket {
    /// A socket that a crash left behind is replaced; one that somebody answers on is not.
    pub(crate) fn bind(path: &Path, mode: u32) -> io::Result<Self> {
        let left = fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
        if left {
            if UnixStream::connect(path).is_ok() {
                return Err(io::ErrorKind::AddrInUse.into());
            }
            fs::remove_file(path)?;
        }
        let socket = Self {
            listener: listen::bind_unix(path)?,
            path: path.to_owned(),
        };
        fs::set_permissions(path, Permissions::from_mode(mode))?;
        Ok(socket)
    }
}

impl Drop for UnixSocket {
    fn drop(&mut self) {
        // A file that is already gone is as good.
        drop(fs::remove_file(&self.path));
    }
}
