//! Folders of files that may change while we run: accounts, stored requests and imps.
//!
//! [`Folder`] reads only what changed, by checking the sizes and times of all files now and then. A file that
//! cannot be used keeps its last good value and is reported once for each change.

mod file_id;
mod folder;

pub(crate) use folder::{FileFault, Folder, Refresh};
