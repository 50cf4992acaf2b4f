//! The compiler for `wasm32-unknown-unknown`: rustup's target, or Debian's Rust for the web.
//!
//! Debian's packages bring no built std for the target; it is built from its sources, once, in
//! about 80 seconds, by asking a stable cargo for the one unstable thing that this needs.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Missing, debian};
use crate::{paths, step};

/// The target's name.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A toolchain that can build the SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WasmToolchain {
    /// The toolchain that builds everything else, with std for the target from rustup.
    Rustup,
    /// Debian's `rustc-web`, which builds std on the way.
    Debian,
}

impl WasmToolchain {
    /// A cargo that builds for the target, and the folder that it builds into.
    pub(crate) fn cargo(self) -> (Command, PathBuf) {
        match self {
            Self::Rustup => {
                let folder = paths::target().join("wasm");
                let mut cargo = step::cargo();
                cargo.arg("build").arg("--target-dir").arg(&folder);
                (cargo, folder)
            }
            Self::Debian => {
                // Another compiler, so another folder: mixing them would rebuild std each time.
                let folder = paths::target().join("wasm-debian");
                let mut cargo = step::command(DEBIAN_CARGO);
                cargo
                    .env("RUSTC", DEBIAN_RUSTC)
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER)
                    .env_remove("RUSTUP_TOOLCHAIN")
                    .args(["build", "-Zbuild-std=std,panic_abort"])
                    .arg("--target-dir")
                    .arg(&folder);
                (cargo, folder)
            }
        }
    }
}

/// Where Debian puts them, named in full: rustup's proxies may come first in the path.
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
/// Debian's compiler looks for a linker of another name than Debian's packages give it.
const DEBIAN_LINKER: &str = "/usr/bin/wasm-ld-22";

/// Finds a toolchain, or installs one: rustup first, since it builds nothing.
pub(crate) fn find_or_install(missing: &mut Vec<Missing>) -> Option<WasmToolchain> {
    if rustup_is_there() {
        return Some(WasmToolchain::Rustup);
    }
    if step::succeeds(Command::new("rustup").arg("--version")) {
        step::announce(&format!("adding {TARGET} with rustup"), None);
        let mut rustup = Command::new("rustup");
        if step::succeeds(rustup.args(["target", "add", TARGET])) && rustup_is_there() {
            return Some(WasmToolchain::Rustup);
        }
        println!("   rustup has no such target here; trying Debian's Rust for the web");
    }
    debian::install(debian::RUST_WEB, missing).then_some(WasmToolchain::Debian)
}

/// The target's std, asked of the compiler that builds the workspace.
fn rustup_is_there() -> bool {
    let mut rustc = step::command("rustc");
    let folder = step::run_quietly(rustc.args(["--print", "target-libdir", "--target", TARGET]));
    let Ok(folder) = folder else { return false };
    let Ok(files) = std::fs::read_dir(folder.trim()) else {
        return false;
    };
    files
        .flatten()
        .any(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
}

/// Debian's compiler, its cargo and std's sources.
pub(crate) fn debian_is_there() -> bool {
    [DEBIAN_CARGO, DEBIAN_RUSTC, DEBIAN_LINKER]
        .iter()
        .all(|program| Path::new(program).exists())
        && step::run_quietly(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"])).is_ok_and(
            |sysroot| {
                Path::new(sysroot.trim())
                    .join("lib/rustlib/src/rust/library/std/Cargo.toml")
                    .exists()
            },
        )
}
