//! `cargo xtask setup`: makes a fresh machine ready, says what it installs, does nothing twice.
//!
//! Where it cannot install something (not root, not Debian) it names every missing thing together
//! with the command that installs it, and stops before anything is built.

mod clients;
mod debian;
mod node;
mod python;
mod style;
mod wasm_toolchain;

use anyhow::{Result, bail};

pub(crate) use style::sqlfluff;
pub(crate) use wasm_toolchain::WasmToolchain;

/// What is missing, and how a person gets it.
#[derive(Debug)]
pub(crate) struct Missing {
    what: String,
    get_it: String,
}

impl Missing {
    fn new(what: impl Into<String>, get_it: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            get_it: get_it.into(),
        }
    }
}

/// Everything, for those who want it done beforehand.
pub(crate) fn run() -> Result<()> {
    everything()?;
    for_tests()?;
    println!("ready: `cargo xtask demo` and `cargo xtask test` have what they need");
    Ok(())
}

/// What building the SDK and driving a browser need.
pub(crate) fn everything() -> Result<WasmToolchain> {
    let mut missing = Vec::new();
    debian::install(debian::BROWSER, &mut missing);
    debian::install(debian::RUBY, &mut missing);
    debian::install(debian::POSTGRES_CLIENT, &mut missing);
    debian::install(debian::REDIS, &mut missing);
    node::install(&mut missing);
    let toolchain = wasm_toolchain::find_or_install(&mut missing);
    report(missing)?;
    toolchain.ok_or_else(|| anyhow::anyhow!("no toolchain for wasm32-unknown-unknown"))
}

/// What only tests need: what people send with from other languages, formatters and linters.
pub(crate) fn for_tests() -> Result<()> {
    let mut missing = Vec::new();
    clients::install(&mut missing);
    style::install(&mut missing);
    report(missing)
}

/// What formatting and linting need.
pub(crate) fn for_style() -> Result<()> {
    let mut missing = Vec::new();
    debian::install(debian::RUBY, &mut missing);
    node::install(&mut missing);
    style::install(&mut missing);
    report(missing)
}

/// What building the SDK needs.
pub(crate) fn for_wasm() -> Result<WasmToolchain> {
    let mut missing = Vec::new();
    node::install(&mut missing);
    let toolchain = wasm_toolchain::find_or_install(&mut missing);
    report(missing)?;
    toolchain.ok_or_else(|| anyhow::anyhow!("no toolchain for wasm32-unknown-unknown"))
}

fn report(missing: Vec<Missing>) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let mut lines = String::from("these are missing and could not be installed from here:");
    for Missing { what, get_it } in missing {
        lines.push_str(&format!("\n  {what}\n    get it with: {get_it}"));
    }
    bail!(lines)
}
