//! What each module of the SDK's crate weighs, so that the next feature's price is known before it is written.
//!
//! Bytes are those of `sdk.wasm` before compression; a module's share of the compressed bytes is about the same.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::json;

use crate::report::Row;

/// The crate as functions' names have it.
const CRATE: &str = "sdk_wasm::";

/// One row a module, the heaviest first, from lines of bytes and a function's name.
pub(super) fn rows(functions: &str) -> Result<Vec<Row>> {
    let mut modules = BTreeMap::<String, u64>::new();
    let mut all = 0;
    for line in functions.lines() {
        let (bytes, name) = line.split_once(' ').context("a line without a name")?;
        let bytes: u64 = bytes.parse().context("a line without bytes")?;
        *modules.entry(module_of(name)).or_default() += bytes;
        all += bytes;
    }
    let mut modules: Vec<_> = modules.into_iter().collect();
    modules.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    modules.push(("sdk.wasm".to_owned(), all));
    let rows = modules.into_iter().filter_map(|(module, bytes)| {
        let row = json!({"module": module, "raw": bytes, "per mille": bytes * 1000 / all.max(1)});
        row.as_object().cloned()
    });
    Ok(rows.collect())
}

/// The module that a function is of: the first of ours that its name has, else its crate.
fn module_of(name: &str) -> String {
    if name.starts_with('(') {
        return name.to_owned();
    }
    // What scripts call goes by its plain name, and so does what the allocator offers them.
    if !name.contains(['<', ':']) {
        return "(exports)".to_owned();
    }
    let name = without_hashes(name);
    let Some((_, path)) = name.split_once(CRATE) else {
        let crate_name = name.trim_start_matches(['<', '&']).split("::").next();
        return format!("({})", crate_name.unwrap_or_default());
    };
    let is_module = |part: &&str| part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let parts: Vec<_> = path.split("::").collect();
    // The last one is the function.
    let above = parts.len().saturating_sub(1).min(2);
    let modules: Vec<_> = parts
        .into_iter()
        .take(above)
        .take_while(is_module)
        .collect();
    format!("src/{}", modules.join("/"))
}

/// `sdk_wasm[0123456789abcdef]::json` is `sdk_wasm::json`.
fn without_hashes(name: &str) -> String {
    let mut parts = name.split('[');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest))
                if hash.len() > 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
            {
                out.push_str(rest);
            }
            _ => {
                out.push('[');
                out.push_str(part);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::module_of;

    #[test]
    fn functions_belong_to_their_modules() {
        for (name, module) in [
            (
                "sdk_wasm[8894bd7b5b7810ce]::browser::effects::perform",
                "src/browser/effects",
            ),
            ("sdk_wasm[8894bd7b5b7810ce]::config::ad_units", "src/config"),
            (
                "<sdk_wasm[8894bd7b5b7810ce]::session::Session>::ask_for",
                "src/session",
            ),
            (
                "<sdk_wasm[8894bd7b5b7810ce]::json::value::Value>::fixed",
                "src/json/value",
            ),
            (
                "core[15266d276e3a2055]::ptr::drop_in_place::<[sdk_wasm[8894bd7b5b7810ce]::platform::Effect]>",
                "src/platform",
            ),
            ("<alloc[6ccceecd3902b573]::vec::Vec<u8>>::push", "(alloc)"),
            ("<[u8]>::copy_within", "([u8]>)"),
            ("frameReady", "(exports)"),
            ("(imports)", "(imports)"),
        ] {
            assert_eq!(module_of(name), module, "{name}");
        }
    }
}
