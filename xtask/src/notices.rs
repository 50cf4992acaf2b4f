//! `cargo xtask notices`: `THIRD-PARTY-NOTICES.md`, the licences of all that is linked into the programs and the SDK.
//!
//! Where a package lets one choose, Apache-2.0 is chosen, then MIT: the text of the first is the same for all packages, so that
//! only its notices have to be passed on.

mod text;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use spdx::{Expression, LicenseReq, Licensee, ParseMode};

use crate::metadata::{Metadata, Package};
use crate::{paths, step};

/// Where they are written.
pub(crate) const FILE: &str = "THIRD-PARTY-NOTICES.md";
/// What is shipped.
const SHIPPED: [&str; 3] = ["bid-server", "log-ingest", "sdk-wasm"];
/// Chosen where there is a choice, the first that will do.
const CHOSEN: [&str; 2] = ["Apache-2.0", "MIT"];

/// Writes the file.
pub(crate) fn run() -> Result<()> {
    step::announce(
        "reading the licences of what is linked into the programs",
        None,
    );
    let notices = notices(&Metadata::read()?)?;
    std::fs::write(paths::root().join(FILE), notices)
        .with_context(|| format!("cannot write {FILE}"))
}

/// What the file says.
pub(crate) fn notices(metadata: &Metadata) -> Result<String> {
    let mut rows = String::new();
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in metadata.linked_into(&SHIPPED)? {
        if package.folder().starts_with(paths::root()) {
            continue;
        }
        let license = choose(package)?;
        let label = format!("{} {}", package.name(), package.version());
        match package.repository() {
            "" => writeln!(rows, "| {label} | {license} |")?,
            address => writeln!(rows, "| [{label}]({address}) | {license} |")?,
        }
        for text in text::of_package(package.folder(), &license)? {
            texts.entry(text).or_default().push(label.clone());
        }
    }
    let mut document = format!(
        "# Licences of what Earlybid is built from\n\n\
         Written by `cargo xtask notices`. The programs `bid-server` and `log-ingest` and the SDK contain these packages, each under\n\
         the licence beside it, and the standard library of Rust (MIT OR Apache-2.0). The source of a package, also of those under\n\
         MPL-2.0, is at its link, in that version, and used as it is. The text of Apache-2.0 is in\n\
         [LICENSE-APACHE](LICENSE-APACHE), all others follow.\n\n\
         | package | licence |\n|---|---|\n{rows}"
    );
    for (text, packages) in texts {
        write!(
            document,
            "\n## {}\n\n```text\n{text}\n```\n",
            packages.join(", ")
        )?;
    }
    Ok(document)
}

/// The licence that we use a package under.
fn choose(package: Package<'_>) -> Result<String> {
    let stated = package.license();
    let expression =
        parse(stated).with_context(|| format!("licence of {}: {stated}", package.name()))?;
    let alone = CHOSEN.into_iter().find(|id| {
        let licensee = Licensee::parse(id);
        licensee.is_ok_and(|licensee| {
            expression.evaluate(|wanted: &LicenseReq| licensee.satisfies(wanted))
        })
    });
    Ok(alone.map_or_else(|| stated.replace('/', " OR "), str::to_owned))
}

/// A licence as packages state it, older ones with a slash for "or".
pub(crate) fn parse(stated: &str) -> Result<Expression> {
    Ok(Expression::parse_mode(stated, ParseMode::LAX)?)
}

#[cfg(test)]
mod tests {
    use super::{FILE, notices};
    use crate::metadata::Metadata;
    use crate::paths;

    #[test]
    fn the_notices_are_those_of_the_lock_file() {
        let written = std::fs::read_to_string(paths::root().join(FILE)).unwrap_or_default();
        let now = notices(&Metadata::read().unwrap()).unwrap();
        assert!(written == now, "run `cargo xtask notices`");
    }
}
