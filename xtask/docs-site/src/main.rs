//! Renders a folder that mdBook understands: `docs-site FOLDER`, called by `cargo xtask docs`.
//!
//! It uses the library instead of the `mdbook` program: its version is the one in the lock file, and neither a server nor a file
//! watcher is built.

use anyhow::{Context as _, Result};
use mdbook_driver::MDBook;

fn main() -> Result<()> {
    let folder = std::env::args_os()
        .nth(1)
        .context("usage: docs-site FOLDER")?;
    MDBook::load(folder)?.build()
}
