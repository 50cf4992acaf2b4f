//! Clients of the forward protocol from other places, which the tests send with: `PyPI`, Debian, crates.io.
//!
//! Those from npm come with the other packages (`node`).

use std::path::PathBuf;
use std::process::Command;

use super::{Missing, debian};
use crate::{paths, step};

/// fluent-logger for Python, in the version that the tests know.
const PYTHON_CLIENT: &str = "fluent-logger==0.11.1";

/// Installs and builds them unless they are there.
pub(crate) fn install(missing: &mut Vec<Missing>) {
    debian::install(debian::GO_CLIENT, missing);
    if debian::install(debian::PIP, missing) {
        install_python(missing);
    }
    build_rust(missing);
}

/// Where they are; nothing is installed outside of the checkout.
fn folder() -> PathBuf {
    paths::root().join("target/clients")
}

fn install_python(missing: &mut Vec<Missing>) {
    let target = folder().join("python");
    if target.join("fluent").is_dir() {
        return;
    }
    step::announce("installing a Python client", Some("a few seconds"));
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--target"])
        .arg(&target)
        .arg(PYTHON_CLIENT);
    if let Err(error) = step::run_quietly(&mut pip) {
        missing.push(Missing::new(
            format!("{PYTHON_CLIENT}: {error:#}"),
            format!("pip install --target target/clients/python {PYTHON_CLIENT}"),
        ));
    }
}

fn build_rust(missing: &mut Vec<Missing>) {
    step::announce(
        "building the clients in Rust",
        Some("about 20 s the first time"),
    );
    let manifest = paths::root().join("tests/clients/rust/Cargo.toml");
    let mut cargo = step::cargo();
    cargo
        .args(["build", "--quiet", "--locked", "--manifest-path"])
        .arg(&manifest)
        .arg("--target-dir")
        .arg(folder().join("rust"));
    if let Err(error) = step::run(&mut cargo) {
        missing.push(Missing::new(
            format!("clients in Rust: {error:#}"),
            "cargo build --manifest-path tests/clients/rust/Cargo.toml",
        ));
    }
}
