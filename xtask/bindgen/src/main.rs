//! `wasm-bindgen-runner INPUT.wasm OUT_DIR OUT_NAME`: glue and trimmed module for `cargo xtask wasm`.
//!
//! A program of its own, not part of xtask, because it takes a minute to build and only those who
//! build the SDK need it. Linking the library keeps glue and crate at one version: Cargo.lock's.

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: wasm-bindgen-runner INPUT.wasm OUT_DIR OUT_NAME";
    let input = arguments.next().context(usage)?;
    let out_dir = arguments.next().context(usage)?;
    let out_name = arguments.next().context(usage)?;
    let mut bindgen = Bindgen::new();
    bindgen.input_path(&input).out_name(&out_name);
    bindgen.web(true)?;
    // The SDK asks for the module itself, so the glue need not know where it is; and every browser
    // it runs in has encodeInto, so the glue need not check.
    bindgen
        .omit_default_module_path(true)
        .encode_into(EncodeInto::Always)
        .remove_name_section(true)
        .remove_producers_section(true)
        .typescript(true);
    bindgen
        .generate(&out_dir)
        .with_context(|| format!("glue for {input}"))
}
