//! What the browser's files weigh, raw and as they travel, against the budget in size-budget.toml.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::report::Row;
use crate::setup::WasmToolchain;
use crate::{paths, step};

/// Weighs files with the compressors of Node.js, at their best levels as a CDN would use them.
const WEIGH: &str = "const z=require('zlib'),f=require('fs');\
    console.log(JSON.stringify(process.argv.slice(1).map(p=>{const b=f.readFileSync(p);\
    return [b.length,z.gzipSync(b,{level:9}).length,z.brotliCompressSync(b,{params:\
    {[z.constants.BROTLI_PARAM_QUALITY]:11}}).length]})))";

/// The SDK's files, in the order in which a page loads them.
const FILES: [&str; 10] = [
    "loader.js",
    "sdk.js",
    "sdk.wasm",
    "fallback.js",
    "render.js",
    "telemetry.js",
    "debug.js",
    "loader-consent.js",
    "pbjs.js",
    "apstag.js",
];

/// One row per file of the SDK, with a row for what a page view loads in all.
pub(crate) fn weigh_sdk() -> Result<Vec<Row>> {
    let files: Vec<_> = FILES.iter().map(|name| paths::sdk().join(name)).collect();
    let weights = weigh(files.iter().map(AsRef::as_ref))?;
    let mut rows: Vec<_> = FILES
        .iter()
        .zip(&weights)
        .map(|(name, weight)| row(name, weight))
        .collect();
    // The fallback is loaded only where the SDK fails.
    let mut total = [0; 3];
    for weight in weights.iter().take(3) {
        for (sum, bytes) in total.iter_mut().zip(weight) {
            *sum += bytes;
        }
    }
    rows.push(row("loader + SDK", &total));
    Ok(rows)
}

/// The weights of one file: raw, gzip, brotli, in bytes.
pub(crate) fn weigh<'a>(files: impl Iterator<Item = &'a Path>) -> Result<Vec<[u64; 3]>> {
    let mut node = step::command("node");
    node.args(["-e", WEIGH]).args(files);
    let printed = step::run_quietly(&mut node)?;
    serde_json::from_str(&printed).context("node printed no weights")
}

/// One row of a size table.
pub(crate) fn row(name: &str, weight: &[u64; 3]) -> Row {
    let [raw, gzip, brotli] = weight;
    let row = json!({"file": name, "raw": raw, "gzip": gzip, "brotli": brotli});
    row.as_object().cloned().unwrap_or_default()
}

/// Fails when a file weighs more than sdk-wasm/size-budget.toml allows with this toolchain.
pub(crate) fn check_budget(toolchain: WasmToolchain) -> Result<()> {
    let file = paths::root().join("sdk-wasm/size-budget.toml");
    let text = std::fs::read_to_string(&file).context("cannot read sdk-wasm/size-budget.toml")?;
    let budget: toml::Table = text.parse().context("sdk-wasm/size-budget.toml")?;
    let over = over_budget(&for_toolchain(budget, toolchain.is_small()), &weigh_sdk()?)?;
    if !over.is_empty() {
        bail!("over the size budget: {}", over.join("; "));
    }
    Ok(())
}

/// Entries whose name ends in `(built std)` apply where the rest of the name is built with the prebuilt
/// std of rustup, in place of the entry without it.
fn for_toolchain(budget: toml::Table, small: bool) -> toml::Table {
    const BUILT: &str = " (built std)";
    let mut chosen = toml::Table::new();
    for (name, limits) in budget {
        match name.strip_suffix(BUILT) {
            Some(_) if small => {}
            Some(file) => drop(chosen.insert(file.to_owned(), limits)),
            None => drop(chosen.entry(name).or_insert(limits)),
        }
    }
    chosen
}

fn over_budget(budget: &toml::Table, rows: &[Row]) -> Result<Vec<String>> {
    let mut over = Vec::new();
    for (file, limits) in budget {
        let row = rows
            .iter()
            .find(|row| row.get("file").and_then(Value::as_str) == Some(file))
            .with_context(|| format!("size-budget.toml names {file:?}, which is not weighed"))?;
        let limits = limits
            .as_table()
            .with_context(|| format!("{file} is no table"))?;
        for (encoding, limit) in limits {
            let bytes = row.get(encoding).and_then(Value::as_i64);
            let limit = limit.as_integer();
            let (Some(bytes), Some(limit)) = (bytes, limit) else {
                bail!("size-budget.toml: {file}.{encoding} must be a number of bytes");
            };
            if bytes > limit {
                over.push(format!("{file} {encoding} {bytes} bytes of {limit}"));
            }
        }
    }
    Ok(over)
}

#[cfg(test)]
mod tests {
    use super::{for_toolchain, over_budget, row};

    fn check(budget: &str) -> Result<Vec<String>, String> {
        let rows = [row("loader.js", &[3000, 1400, 1200])];
        over_budget(&budget.parse().unwrap(), &rows).map_err(|error| error.to_string())
    }

    #[test]
    fn names_what_is_over_the_budget() {
        assert_eq!(check("['loader.js']\ngzip = 1500"), Ok(vec![]));
        assert_eq!(
            check("['loader.js']\ngzip = 1399\nbrotli = 1200"),
            Ok(vec!["loader.js gzip 1400 bytes of 1399".to_owned()])
        );
    }

    #[test]
    fn a_toolchain_without_the_sources_has_its_own_limit() {
        let budget = "['sdk']\nraw = 1\n['sdk (built std)']\nraw = 2\n[loader]\nraw = 3";
        let of = |small| for_toolchain(budget.parse().unwrap(), small).to_string();
        assert_eq!(of(true), "[loader]\nraw = 3\n\n[sdk]\nraw = 1\n");
        assert_eq!(of(false), "[loader]\nraw = 3\n\n[sdk]\nraw = 2\n");
    }

    #[test]
    fn a_budget_for_something_unknown_is_an_error() {
        assert!(check("['other.js']\ngzip = 1").is_err());
        assert!(check("['loader.js']\nzip = 1").is_err());
    }
}
