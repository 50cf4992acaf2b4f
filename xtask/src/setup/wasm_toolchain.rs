//! The compiler for `wasm32-unknown-unknown`: rustup's target, or Debian's Rust for the web.
//!
//! Where std's sources are, it is built from them, once, in about a minute, so that it is the
//! smallest: a panic traps without a message, and the code is optimised for size. That asks a stable compiler
//! for what it calls unstable. Without the sources the built std of rustup makes a larger module
//! (see sdk-wasm/size-budget.toml). Debian's packages contain only the sources.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Missing;
use super::debian::{self, Group};
use crate::{paths, step};

/// The target's name.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A toolchain that can build the SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WasmToolchain {
    /// The toolchain that builds everything else, with std for the target from rustup.
    Rustup,
    /// The same, with std's sources.
    RustupWithSources,
    /// Debian's `rustc-web`, which builds std on the way.
    Debian,
}

impl WasmToolchain {
    /// Whether std is built with the SDK.
    pub(crate) fn is_small(self) -> bool {
        self != Self::Rustup
    }

    /// A cargo that builds for the target, and the folder that it builds into.
    pub(crate) fn cargo(self) -> (Command, PathBuf) {
        match self {
            Self::RustupWithSources => {
                let folder = paths::target().join("wasm-small");
                let mut cargo = step::cargo();
                build_small(&mut cargo).arg("--target-dir").arg(&folder);
                (cargo, folder)
            }
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
                build_small(&mut cargo)
                    .env("RUSTC", DEBIAN_RUSTC)
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER)
                    .env_remove("RUSTUP_TOOLCHAIN")
                    .arg("--target-dir")
                    .arg(&folder);
                (cargo, folder)
            }
        }
    }
}

fn build_small(cargo: &mut Command) -> &mut Command {
    cargo
        .env("RUSTC_BOOTSTRAP", "1")
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            "-Zunstable-options -Cpanic=immediate-abort",
        )
        .args(["build", "-Zbuild-std=std,panic_abort"])
        .arg("-Zbuild-std-features=optimize_for_size")
}

/// Where Debian puts them, named in full: rustup's proxies may come first in the path.
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
/// Debian's compiler looks for a linker under another name than the one that Debian's packages give it.
const DEBIAN_LINKER: &str = "/usr/bin/wasm-ld-22";

/// Debian's Rust for the web, where rustup has no Wasm target to offer.
const RUST_WEB: Group = Group {
    what: "a Rust toolchain with the sources to build std for wasm32",
    packages: &["rustc-web", "cargo-web", "rust-web-src", "lld-22"],
    is_there: debian_is_there,
};

/// Finds a toolchain, or installs one: rustup's first, with std's sources where it has them.
pub(crate) fn find_or_install(missing: &mut Vec<Missing>) -> Option<WasmToolchain> {
    if rustup_is_there() && sources_are_there("rustc") {
        return Some(WasmToolchain::RustupWithSources);
    }
    let rustup = step::succeeds(Command::new("rustup").arg("--version"));
    if rustup {
        step::announce(&format!("adding {TARGET} and rust-src with rustup"), None);
        let add =
            |arguments| step::succeeds(Command::new("rustup").args::<[&str; 3], _>(arguments));
        add(["target", "add", TARGET]);
        add(["component", "add", "rust-src"]);
    }
    if rustup_is_there() {
        return Some(if sources_are_there("rustc") {
            WasmToolchain::RustupWithSources
        } else {
            WasmToolchain::Rustup
        });
    }
    if rustup {
        println!("   rustup has no such target here; trying Debian's Rust for the web");
    }
    debian::install(RUST_WEB, missing).then_some(WasmToolchain::Debian)
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
fn debian_is_there() -> bool {
    [DEBIAN_CARGO, DEBIAN_RUSTC, DEBIAN_LINKER]
        .iter()
        .all(|program| Path::new(program).exists())
        && sources_are_there(DEBIAN_RUSTC)
}

/// std's sources, where this compiler looks for them.
fn sources_are_there(rustc: &str) -> bool {
    let sysroot = step::run_quietly(step::command(rustc).args(["--print", "sysroot"]));
    sysroot.is_ok_and(|sysroot| {
        Path::new(sysroot.trim())
            .join("lib/rustlib/src/rust/library/std/Cargo.toml")
            .exists()
    })
}
