//! What the tests need from elsewhere (`PyPI`, Debian, cargo): clients of the forward protocol, and a store.
//!
//! Those from npm come with the other packages (`node`).

use super::python::Python;
use super::{Missing, debian};
use crate::{paths, step};

/// fluent-logger for Python, in the version that the tests know.
const PYTHON_CLIENT: Python = Python {
    what: "a Python client",
    takes: "a few seconds",
    folder: "python",
    packages: &["fluent-logger==0.11.1"],
};

/// An S3-compatible store, without what its other services would need.
const STORE: Python = Python {
    what: "moto, an S3-compatible store",
    takes: "half a minute",
    folder: "moto",
    packages: &[
        "moto==5.2.5",
        "flask==3.1.3",
        "flask-cors==6.0.5",
        "PyYAML==6.0.3",
        "py-partiql-parser==0.6.3",
    ],
};

/// Installs and builds them unless they are there.
pub(crate) fn install(missing: &mut Vec<Missing>) {
    debian::install(debian::GO_CLIENT, missing);
    PYTHON_CLIENT.install(missing);
    STORE.install(missing);
    build_rust(missing);
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
        .arg(paths::root().join("target/clients/rust"));
    if let Err(error) = step::run(&mut cargo) {
        missing.push(Missing::new(
            format!("clients in Rust: {error:#}"),
            "cargo build --manifest-path tests/clients/rust/Cargo.toml",
        ));
    }
}
