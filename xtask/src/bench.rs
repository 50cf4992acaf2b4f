//! `cargo xtask bench NAME`: one table of measured ratios each.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::wasm::size;
use crate::{paths, report, setup, wasm};

/// Options of `cargo xtask bench`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What to measure.
    name: Name,
    /// Also write the rows to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Name {
    /// Bytes of the SDK on the wire, against Prebid.js with its server adapter.
    Size,
}

/// Measures and prints.
pub(crate) fn run(options: &Options) -> Result<()> {
    let rows = match options.name {
        Name::Size => {
            wasm::build(setup::for_wasm()?)?;
            let mut rows = size::weigh_sdk()?;
            let prebid = paths::prebid_bundle();
            let weights = size::weigh([prebid.as_path()].into_iter())?;
            rows.extend(
                weights
                    .iter()
                    .map(|weight| size::row("Prebid.js + server adapter", weight)),
            );
            rows
        }
    };
    report::print_table(&rows);
    if let Some(file) = &options.json {
        report::write_json(&rows, file)?;
    }
    Ok(())
}
