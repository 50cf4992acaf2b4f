//! Where things are in a checkout.

use std::path::{Path, PathBuf};

/// The checkout's top folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// Where Cargo puts what it builds; `CARGO_TARGET_DIR` moves it.
#[expect(
    clippy::disallowed_methods,
    reason = "the build tool must look where cargo, told by the environment, has built"
)]
pub(crate) fn target() -> PathBuf {
    std::env::var("CARGO_TARGET_DIR").map_or_else(|_| root().join("target"), PathBuf::from)
}

/// A program of this workspace.
pub(crate) fn program(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// A program built for measuring.
pub(crate) fn released(name: &str) -> PathBuf {
    target().join("release").join(name)
}

/// The built SDK. Its place does not move with `CARGO_TARGET_DIR`: configuration files name it.
pub(crate) fn sdk() -> PathBuf {
    root().join("target/sdk")
}

/// The Prebid.js bundle of the demo.
pub(crate) fn prebid_bundle() -> PathBuf {
    root().join("target/prebid/prebid.js")
}

/// A program that an npm package brought.
pub(crate) fn npm_program(name: &str) -> PathBuf {
    root().join("node_modules/.bin").join(name)
}
