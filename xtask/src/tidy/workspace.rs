//! The crates of this workspace and what they depend on, asked once for all rules.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::metadata::Metadata;

/// A crate with the folder of its top file.
#[derive(Debug)]
pub(super) struct Crate {
    pub(super) name: String,
    pub(super) source: PathBuf,
}

/// Libraries and programs of the workspace; a package with both in one folder is listed once.
pub(super) fn crates() -> Vec<Crate> {
    let mut seen = BTreeSet::new();
    let mut crates = Vec::new();
    for package in metadata().members() {
        for (kind, top) in package.targets() {
            let source = top.parent().unwrap_or(top).to_owned();
            let counted = ["lib", "cdylib", "bin"].contains(&kind) && !source.ends_with("bin");
            if counted && seen.insert(source.clone()) {
                crates.push(Crate {
                    name: package.name().to_owned(),
                    source,
                });
            }
        }
    }
    crates
}

/// What `cargo metadata` says.
pub(super) fn metadata() -> &'static Metadata {
    static METADATA: OnceLock<Metadata> = OnceLock::new();
    METADATA.get_or_init(|| Metadata::read().unwrap())
}
