//! What the tests need from other places (`PyPI`, Debian, crates.io): clients of the forward protocol, and a store.
//!
//! Those from npm come with the other packages (`node`).

use std::path::PathBuf;
use std::process::Command;

use super::{Missing, debian};
use crate::{paths, step};

/// fluent-logger for Python, in the version that the tests know.
const PYTHON_CLIENT: &str = "fluent-logger==0.11.1";

/// An S3-compatible store, without what its other services would need.
const STORE: [&str; 5] = [
    "moto==5.2.5",
    "flask==3.1.3",
    "flask-cors==6.0.5",
    "PyYAML==6.0.3",
    "py-partiql-parser==0.6.3",
];

/// Installs and builds them unless they are there.
pub(crate) fn install(missing: &mut Vec<Missing>) {
    debian::install(debian::GO_CLIENT, missing);
    if debian::install(debian::PIP, missing) {
        let client = Python {
            what: "a Python client",
            takes: "a few seconds",
            folder: "python",
            packages: &[PYTHON_CLIENT],
        };
        client.install(missing);
        let store = Python {
            what: "moto, an S3-compatible store",
            takes: "half a minute",
            folder: "moto",
            packages: &STORE,
        };
        store.install(missing);
    }
    build_rust(missing);
}

/// Where they are; nothing is installed outside of the checkout.
fn folder() -> PathBuf {
    paths::root().join("target/clients")
}

/// Packages of `PyPI` in a folder of their own.
struct Python {
    what: &'static str,
    takes: &'static str,
    folder: &'static str,
    packages: &'static [&'static str],
}

impl Python {
    /// Unless all of them are there.
    fn install(&self, missing: &mut Vec<Missing>) {
        let target = folder().join(self.folder);
        let wanted = self.packages.join("\n");
        let stamp = target.join("installed.txt");
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return;
        }
        step::announce(&format!("installing {}", self.what), Some(self.takes));
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--upgrade", "--target"])
            .arg(&target)
            .args(self.packages);
        let installed = step::run_quietly(&mut pip)
            .and_then(|_| std::fs::write(&stamp, &wanted).map_err(Into::into));
        if let Err(error) = installed {
            let (folder, packages) = (self.folder, self.packages.join(" "));
            missing.push(Missing::new(
                format!("{packages}: {error:#}"),
                format!("pip install --target target/clients/{folder} {packages}"),
            ));
        }
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
