//! The npm package: `target/sdk` with types, licences, a README and a package.json of this version.

use anyhow::{Context as _, Result};

use crate::paths;

/// Files that go into the package as they are: from the checkout, and under which name.
const COPIED: [(&str, &str); 7] = [
    ("sdk-wasm/js/index.d.ts", "index.d.ts"),
    ("sdk-wasm/js/compat/pbjs.d.ts", "pbjs.d.ts"),
    ("sdk-wasm/js/compat/apstag.d.ts", "apstag.d.ts"),
    ("sdk-wasm/npm/server.js", "server.js"),
    ("sdk-wasm/npm/README.md", "README.md"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
];
/// What stands for the version in sdk-wasm/npm/package.json.
const NO_VERSION: &str = "\"version\": \"0.0.0\"";

/// Adds to the built files what makes them an npm package.
pub(super) fn assemble() -> Result<()> {
    for (from, to) in COPIED {
        std::fs::copy(paths::root().join(from), paths::sdk().join(to))
            .with_context(|| format!("cannot copy {from}"))?;
    }
    let template = std::fs::read_to_string(paths::root().join("sdk-wasm/npm/package.json"))
        .context("cannot read sdk-wasm/npm/package.json")?;
    let text = with_version(&template)?;
    std::fs::write(paths::sdk().join("package.json"), text).context("cannot write package.json")
}

fn with_version(template: &str) -> Result<String> {
    template
        .contains(NO_VERSION)
        .then(|| {
            let version = concat!("\"version\": \"", env!("CARGO_PKG_VERSION"), "\"");
            template.replace(NO_VERSION, version)
        })
        .context("sdk-wasm/npm/package.json has no version 0.0.0 to replace")
}

#[cfg(test)]
mod tests {
    use super::with_version;

    #[test]
    fn the_package_has_the_version_of_the_programs() {
        let text = with_version("{\n  \"version\": \"0.0.0\"\n}").unwrap();
        assert!(text.contains(env!("CARGO_PKG_VERSION")), "{text}");
        assert!(with_version("{}").is_err());
    }
}
