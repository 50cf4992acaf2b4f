//! The packages that this workspace is made of and depends on, as `cargo metadata` and `cargo tree` report them.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::step;

/// The platform that is asked about: always the same one, and nothing is fetched for others.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// One package, ours or another's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Package<'a>(&'a Value);

impl<'a> Package<'a> {
    /// What it is called in the registry.
    pub(crate) fn name(self) -> &'a str {
        self.text("name")
    }

    /// Its version.
    pub(crate) fn version(self) -> &'a str {
        self.text("version")
    }

    /// Its licences as it states them.
    pub(crate) fn license(self) -> &'a str {
        self.text("license")
    }

    /// Where its source is kept; empty where it does not say.
    pub(crate) fn repository(self) -> &'a str {
        self.text("repository")
    }

    /// The folder that it is in.
    pub(crate) fn folder(self) -> &'a Path {
        let manifest = Path::new(self.text("manifest_path"));
        manifest.parent().unwrap_or(manifest)
    }

    fn named(self) -> Named {
        (self.name().to_owned(), self.version().to_owned())
    }

    fn text(self, key: &str) -> &'a str {
        self.0[key].as_str().unwrap_or_default()
    }
}

/// What only the house rules need.
#[cfg(test)]
impl<'a> Package<'a> {
    /// The registry that it comes from; empty for those of the workspace.
    pub(crate) fn source(self) -> &'a str {
        self.text("source")
    }

    /// The names of the packages that its manifest names, for whatever purpose.
    pub(crate) fn dependencies(self) -> impl Iterator<Item = &'a str> {
        let listed = self.0["dependencies"].as_array().into_iter().flatten();
        listed.filter_map(|dependency| dependency["name"].as_str())
    }

    /// Its libraries and programs: the kind, and the file at the top of each.
    pub(crate) fn targets(self) -> impl Iterator<Item = (&'a str, &'a Path)> {
        let targets = self.0["targets"].as_array().into_iter().flatten();
        targets.filter_map(|target| {
            let kind = target["kind"][0].as_str()?;
            Some((kind, Path::new(target["src_path"].as_str()?)))
        })
    }
}

/// A package by name and version.
type Named = (String, String);

/// All packages of the lock file.
#[derive(Debug)]
pub(crate) struct Metadata(Value);

impl Metadata {
    /// Asks Cargo.
    pub(crate) fn read() -> Result<Self> {
        let mut cargo = step::cargo();
        cargo.args([
            "metadata",
            "--format-version",
            "1",
            "--filter-platform",
            PLATFORM,
        ]);
        let told = step::run_quietly(&mut cargo)?;
        let told = serde_json::from_str(&told).context("cargo metadata prints something else")?;
        Ok(Self(told))
    }

    /// What is linked into the programs and libraries named, in the order of names.
    pub(crate) fn linked_into(&self, names: &[&str]) -> Result<Vec<Package<'_>>> {
        let named = names.iter().flat_map(|name| ["--package", name]);
        self.used_by(named.chain(["--edges", "normal,no-proc-macro"]))
    }

    /// All that anything of the workspace is built from. The lock file also has packages behind features that nobody turns on.
    #[cfg(test)]
    pub(crate) fn used(&self) -> Result<Vec<Package<'_>>> {
        self.used_by(["--workspace", "--edges", "normal,build,dev"].into_iter())
    }

    /// The packages of the workspace.
    #[cfg(test)]
    pub(crate) fn members(&self) -> impl Iterator<Item = Package<'_>> {
        let members = self.0["workspace_members"].as_array();
        let members = members.map_or(&[][..], Vec::as_slice);
        self.all()
            .filter(|package| members.contains(&package.0["id"]))
    }

    fn used_by<'b>(&self, tree: impl Iterator<Item = &'b str>) -> Result<Vec<Package<'_>>> {
        let mut cargo = step::cargo();
        cargo.args(["tree", "--target", PLATFORM]);
        cargo
            .args(["--prefix", "none", "--format", "{p}"])
            .args(tree);
        let told = step::run_quietly(&mut cargo)?;
        let used: BTreeSet<_> = told.lines().filter_map(name_and_version).collect();
        let mut packages: Vec<_> = self
            .all()
            .filter(|package| used.contains(&package.named()))
            .collect();
        packages.sort_by_key(|package| package.named());
        Ok(packages)
    }

    fn all(&self) -> impl Iterator<Item = Package<'_>> {
        let packages = self.0["packages"].as_array();
        packages.into_iter().flatten().map(Package)
    }
}

/// `serde v1.0.229`, with more behind it where there is more to say.
fn name_and_version(line: &str) -> Option<Named> {
    let mut words = line.split_whitespace();
    let name = words.next()?;
    let version = words.next()?.strip_prefix('v')?;
    Some((name.to_owned(), version.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::name_and_version;

    #[test]
    fn reads_the_lines_of_a_tree() {
        let named = |name: &str, version: &str| Some((name.to_owned(), version.to_owned()));
        assert_eq!(
            name_and_version("serde v1.0.229 (*)"),
            named("serde", "1.0.229")
        );
        assert_eq!(
            name_and_version("zstd-sys v2.1.3+zstd.1.5.7"),
            named("zstd-sys", "2.1.3+zstd.1.5.7")
        );
        assert_eq!(
            name_and_version("bid-server v0.1.0 (/checkout/bid-server)"),
            named("bid-server", "0.1.0")
        );
        assert_eq!(name_and_version(""), None);
    }
}
