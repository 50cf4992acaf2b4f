//! Two steps of `cargo xtask wasm` that know the inside of a WebAssembly module.
//!
//! * `wasm-bindgen-runner bind INPUT.wasm OUT_DIR OUT_NAME` writes the glue and a trimmed module.
//! * `wasm-bindgen-runner bind-named …` does the same and keeps the functions' names, for the next but one.
//! * `wasm-bindgen-runner shorten MODULE GLUE OUT_MODULE OUT_GLUE` cuts the names that pass between them.
//! * `wasm-bindgen-runner weigh MODULE` prints the bytes and the name of each function.
//!
//! This is a program of its own, not part of xtask, because it takes a minute to build and only those who
//! build the SDK need it. Linking wasm-bindgen's library keeps glue and crate at one version: Cargo.lock's.

mod rename;
mod weigh;

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

const USAGE: &str = "usage: wasm-bindgen-runner bind[-named] INPUT.wasm OUT_DIR OUT_NAME | shorten MODULE GLUE OUT_MODULE OUT_GLUE | weigh MODULE";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments {
        ["bind", input, out_dir, out_name] => bind(input, out_dir, out_name, false),
        ["bind-named", input, out_dir, out_name] => bind(input, out_dir, out_name, true),
        ["weigh", module] => weigh_module(module),
        ["shorten", module, glue, out_module, out_glue] => {
            shorten(module, glue, out_module, out_glue)
        }
        _ => bail!(USAGE),
    }
}

fn bind(input: &str, out_dir: &str, out_name: &str, named: bool) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).out_name(out_name);
    bindgen.web(true)?;
    // The SDK asks for the module itself, so the glue need not know where it is; and every browser
    // it runs in has encodeInto, so the glue need not check.
    bindgen
        .omit_default_module_path(true)
        .encode_into(EncodeInto::Always)
        .remove_name_section(!named)
        .remove_producers_section(true)
        .typescript(true);
    bindgen
        .generate(out_dir)
        .with_context(|| format!("glue for {input}"))
}

fn shorten(module: &str, glue: &str, out_module: &str, out_glue: &str) -> Result<()> {
    let bytes = std::fs::read(module).with_context(|| format!("cannot read {module}"))?;
    let text = std::fs::read_to_string(glue).with_context(|| format!("cannot read {glue}"))?;
    let short = rename::shorten(&bytes, &text).with_context(|| format!("names of {module}"))?;
    write(Path::new(out_module), &short.module)?;
    write(Path::new(out_glue), short.glue.as_bytes())
}

#[expect(clippy::print_stdout, reason = "its answer")]
fn weigh_module(module: &str) -> Result<()> {
    let bytes = std::fs::read(module).with_context(|| format!("cannot read {module}"))?;
    for (bytes, name) in weigh::weigh(&bytes).with_context(|| format!("functions of {module}"))? {
        println!("{bytes} {name}");
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
