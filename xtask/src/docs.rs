//! `cargo xtask docs`: the documents as one static site with search.
//!
//! ```text
//! docs/README.md ─index─▶ chapters ─site─▶ target/docs/src ─mdBook─▶ target/docs/site
//!                            └─────────────────────check, of pages and site─────┘
//! ```
//!
//! The pages are read where they stand, so that they are the same on the site as in the repository.

mod check;
mod index;
mod links;
mod site;

use anyhow::{Result, bail};

use crate::{paths, step};

/// Options of `cargo xtask docs`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only follow the links of the pages; builds nothing.
    #[arg(long)]
    check: bool,
}

/// Follows all links, then builds the site and follows its links, too.
pub(crate) fn run(options: &Options) -> Result<()> {
    let chapters = index::read(paths::root())?;
    fail_on(&check::broken(paths::root(), &chapters)?)?;
    if options.check {
        println!("{} pages, no broken link", chapters.len());
        return Ok(());
    }
    let folder = paths::root().join("target/docs");
    site::lay_out(paths::root(), &chapters, &folder)?;
    step::announce(
        "rendering the pages",
        Some("the first time about two minutes, to build mdBook"),
    );
    let program = paths::root().join("xtask/docs-site");
    step::run(
        step::cargo()
            .args(["run", "--quiet", "--locked", "--manifest-path"])
            .arg(program.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(folder.join("build"))
            .arg("--")
            .arg(&folder),
    )?;
    let site = folder.join("site");
    fail_on(&check::broken_on_site(&site)?)?;
    println!("open {}", site.join("index.html").display());
    Ok(())
}

fn fail_on(broken: &[String]) -> Result<()> {
    if broken.is_empty() {
        return Ok(());
    }
    bail!("these links lead nowhere:\n  {}", broken.join("\n  "))
}

#[cfg(test)]
mod tests;
