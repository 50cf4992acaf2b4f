//! What comes from npm: esbuild, wasm-opt, playwright-core, Prebid.js and its creative.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::Missing;
use crate::{paths, step};

/// The oldest Node.js that all packages run on.
const OLDEST_NODE: u32 = 20;

/// Installs the packages of package-lock.json unless exactly these are installed.
pub(crate) fn install(missing: &mut Vec<Missing>) {
    match node_version() {
        Some(version) if version >= OLDEST_NODE => {}
        found => {
            let found = found.map_or_else(|| "none".to_owned(), |version| version.to_string());
            missing.push(Missing::new(
                format!("Node.js {OLDEST_NODE} or newer with npm (found: {found})"),
                "apt-get install nodejs npm, or a build from the Node.js project",
            ));
            return;
        }
    }
    if is_installed() {
        return;
    }
    step::announce("installing npm packages", Some("about 20 s"));
    let mut npm = step::command("npm");
    // Install scripts would download browsers that we do not use.
    npm.args([
        "ci",
        "--ignore-scripts",
        "--no-progress",
        "--loglevel=error",
    ]);
    if let Err(error) = step::run_quietly(&mut npm).and_then(|_| remember()) {
        missing.push(Missing::new(
            format!("npm packages: {error:#}"),
            "npm ci --ignore-scripts",
        ));
    }
}

fn node_version() -> Option<u32> {
    let version = step::run_quietly(Command::new("node").arg("--version")).ok()?;
    version
        .trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// A copy of the lock file, kept beside the packages, says which set is installed.
fn is_installed() -> bool {
    let wanted = std::fs::read(paths::root().join("package-lock.json"));
    let installed = std::fs::read(stamp());
    matches!((wanted, installed), (Ok(wanted), Ok(installed)) if wanted == installed)
}

fn remember() -> Result<()> {
    std::fs::copy(paths::root().join("package-lock.json"), stamp())?;
    Ok(())
}

fn stamp() -> impl AsRef<Path> {
    paths::root().join("node_modules/.installed-package-lock.json")
}
