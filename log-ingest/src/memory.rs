//! Makes the allocator give memory back soon.
//!
//! mimalloc keeps freed pages for a second before the system gets them. Landing a segment takes and frees tens of
//! megabytes, and the next one begins on other threads before that second is over, so that a busy log-ingest held what it
//! had freed once more. Its settings are read from the environment before the first line of a program runs; there is no
//! other way to set them without unsafe code.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// mimalloc's name of it.
const SETTING: &str = "MIMALLOC_PURGE_DELAY";
/// Milliseconds. Much less costs processor time: what the next segment needs at once is given back and asked for again.
const SOON: &str = "100";

/// Starts this program again in its own place, with the setting; returns if it is set, or if that fails.
pub fn give_back_soon() {
    if std::env::var_os(SETTING).is_some() {
        return;
    }
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    let mut arguments = std::env::args_os();
    let mut again = Command::new(program);
    again.env(SETTING, SOON);
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    // It returns only with an error, and without the setting the program takes more memory and is none the worse.
    let error = again.args(arguments).exec();
    tracing::warn!(error = %error, "freed memory is given back late");
}
