//! `cargo xtask wasm`: from Rust and JavaScript sources to the files a page loads, and their weight.
//!
//! ```text
//! sdk-wasm/src ─cargo─▶ .wasm ─wasm-bindgen─▶ .wasm + glue ─wasm-opt─▶ short names ─▶ target/sdk/sdk.wasm
//! sdk-wasm/js ───────────────────────────────────┴─────────────────────────esbuild─▶ target/sdk/*.js
//! sdk-wasm/js/compat, sdk-wasm/npm ────────────────────────────────────────▶ target/sdk, the npm package
//! demo-site/prebid + npm ──────────────────────────────────────────────────esbuild─▶ target/prebid/prebid.js
//! ```

mod by_module;
mod package;
pub(crate) mod size;
mod trim;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::setup::{self, WasmToolchain};
use crate::{build as programs, paths, report, step};

/// Builds everything that a browser loads and checks the SDK against its size budget.
pub(crate) fn run() -> Result<()> {
    let toolchain = setup::for_wasm()?;
    programs::wasm_binder()?;
    build(toolchain)?;
    report::print_table(&size::weigh_sdk()?);
    size::check_budget(toolchain)
}

/// Builds everything that a browser loads.
pub(crate) fn build(toolchain: WasmToolchain) -> Result<()> {
    let module = compile(toolchain)?;
    let bound = bind(&module, Names::Cut)?;
    optimise(&bound, Names::Cut)?;
    shorten_names(&bound)?;
    bundle(&bound)?;
    package::assemble()?;
    bundle_prebid()
}

/// What each module of the SDK's crate weighs.
pub(crate) fn weigh_by_module(toolchain: WasmToolchain) -> Result<Vec<report::Row>> {
    let bound = bind(&compile(toolchain)?, Names::Kept)?;
    optimise(&bound, Names::Kept)?;
    let module = bound.join("small.wasm");
    let mut runner = step::command(paths::program("wasm-bindgen-runner"));
    let functions = step::run_quietly(runner.arg("weigh").arg(module))?;
    by_module::rows(&functions)
}

/// Whether a module keeps the names of its functions, which travel nowhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Kept,
    Cut,
}

/// The SDK crate as a Wasm module.
fn compile(toolchain: WasmToolchain) -> Result<PathBuf> {
    let expect = match toolchain {
        WasmToolchain::Rustup => "about 30 s the first time",
        WasmToolchain::RustupWithSources => "about 1 minute the first time, std included",
        WasmToolchain::Debian => "about 2 minutes the first time, std included",
    };
    step::announce("compiling the SDK to Wasm", Some(expect));
    let (mut cargo, folder) = toolchain.cargo();
    step::run(
        cargo
            .args(["--package", "sdk-wasm", "--lib", "--profile", "sdk"])
            .args(["--target", "wasm32-unknown-unknown"]),
    )?;
    Ok(folder.join("wasm32-unknown-unknown/sdk/sdk_wasm.wasm"))
}

/// The module with the glue that joins it to the browser's interfaces.
///
/// wasm-bindgen's library does this from a program of ours, so that its version is the one in
/// Cargo.lock by construction: another version would refuse the module.
fn bind(module: &Path, names: Names) -> Result<PathBuf> {
    step::announce("binding it to the browser", None);
    let (folder, verb) = match names {
        Names::Kept => ("wasm-named", "bind-named"),
        Names::Cut => ("wasm-bindgen", "bind"),
    };
    let out = paths::target().join(folder);
    step::run(
        step::command(paths::program("wasm-bindgen-runner"))
            .arg(verb)
            .arg(module)
            .arg(&out)
            .arg("sdk"),
    )?;
    Ok(out)
}

/// The smallest module with the same meaning. Features are named one by one: everything that
/// wasm-opt knows would include encodings that browsers do not read.
fn optimise(bound: &Path, names: Names) -> Result<()> {
    let names: &[&str] = match names {
        Names::Kept => &["--debuginfo"],
        Names::Cut => &["--strip-debug"],
    };
    step::run(
        step::command(paths::npm_program("wasm-opt"))
            // Nothing is below address 1024 except the very end of a stack of one megabyte.
            .arg("--low-memory-unused")
            .args(["--flatten", "--rereloop", "-Oz", "-Oz"])
            // A function that one other calls stays one: inlined it is smaller, but compresses worse.
            .arg("--one-caller-inline-max-function-size=10")
            .args(["--enable-bulk-memory", "--enable-nontrapping-float-to-int"])
            .args(["--enable-sign-ext", "--enable-mutable-globals"])
            .args(["--enable-reference-types", "--enable-multivalue"])
            .args(names)
            .args(["--strip-producers", "--strip-target-features"])
            .arg(bound.join("sdk_bg.wasm"))
            .arg("-o")
            .arg(bound.join("small.wasm")),
    )
}

/// The same module and glue with short names for what passes between them.
fn shorten_names(bound: &Path) -> Result<()> {
    std::fs::create_dir_all(paths::sdk()).context("cannot make target/sdk")?;
    let glue = std::fs::read_to_string(bound.join("sdk.js")).context("no glue")?;
    let trimmed = bound.join("trimmed.js");
    std::fs::write(&trimmed, trim::trim(&glue)?).context("cannot write the glue")?;
    step::run(
        step::command(paths::program("wasm-bindgen-runner"))
            .arg("shorten")
            .args([bound.join("small.wasm"), trimmed])
            .args([paths::sdk().join("sdk.wasm"), bound.join("glue.js")]),
    )
}

/// The scripts: the loader and the fallback on their own, the SDK's glue as a module.
fn bundle(bound: &Path) -> Result<()> {
    let mut alias = std::ffi::OsString::from("--alias:earlybid-glue=");
    alias.push(bound.join("glue.js"));
    let mut page = std::ffi::OsString::from("--alias:earlybid-page=");
    page.push(paths::root().join("sdk-wasm/js/page.js"));
    let version = concat!("--define:SDK_VERSION=\"", env!("CARGO_PKG_VERSION"), "\"");
    let version = std::ffi::OsString::from(version);
    let script = |name: &str, options: &[std::ffi::OsString]| {
        let entry = paths::root().join("sdk-wasm/js").join(name);
        esbuild(&entry, &paths::sdk().join(name), options)
    };
    // These have to run where nothing newer does. The loader and the creative are closures already; with the format of a module, esbuild
    // adds no second closure.
    let plain = ["--format=esm".into(), "--target=es2017".into()];
    // Browsers of four years ago know logical assignment; older ones are not supported either way.
    script(
        "loader.js",
        &["--format=esm".into(), "--target=es2021".into()],
    )?;
    script(
        "loader-consent.js",
        &["--format=iife".into(), "--target=es2021".into()],
    )?;
    let closed = ["--format=iife".into(), "--target=es2017".into()];
    script("fallback.js", &closed)?;
    script("creative.js", &plain)?;
    let layer = [
        "--format=iife".into(),
        "--target=es2020".into(),
        std::ffi::OsString::clone(&version),
    ];
    for name in ["pbjs.js", "apstag.js"] {
        let entry = paths::root().join("sdk-wasm/js/compat").join(name);
        esbuild(&entry, &paths::sdk().join(name), &layer)?;
    }
    let module = [
        "--format=esm".into(),
        "--target=es2020".into(),
        version,
        alias,
        page,
        "--loader:.txt=text".into(),
    ];
    script("sdk.js", &module)?;
    for name in ["render.js", "telemetry.js", "debug.js"] {
        script(name, &["--format=esm".into(), "--target=es2020".into()])?;
    }
    Ok(())
}

/// The real Prebid.js with its server adapter, for the page variant that compares with it.
fn bundle_prebid() -> Result<()> {
    step::announce("bundling Prebid.js", None);
    let entry = paths::root().join("demo-site/prebid/entry.js");
    let options = ["--format=iife".into(), "--target=es2020".into()];
    esbuild(&entry, &paths::prebid_bundle(), &options)
}

fn esbuild(entry: &Path, out: &Path, options: &[std::ffi::OsString]) -> Result<()> {
    let mut outfile = std::ffi::OsString::from("--outfile=");
    outfile.push(out);
    step::run_quietly(
        step::command(paths::npm_program("esbuild"))
            .arg(entry)
            .args(["--bundle", "--minify", "--log-level=warning"])
            // An effect or an input that only one side knows.
            .arg("--log-override:import-is-undefined=error")
            .arg(outfile)
            .args(options),
    )
    .map(drop)
}
