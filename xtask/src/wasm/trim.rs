//! What wasm-bindgen's glue does for cases that the SDK does not have, taken out of it.
//!
//! The SDK passes one compiled module, once; its strings are short; its allocator does not fail by throwing.
//! Each part is searched for literally: another version of wasm-bindgen fails the build instead of going unnoticed.

use anyhow::{Context as _, Result};

/// A text with which the cut begins, the next one with which it ends, and what is put in its place.
type Cut = (&'static str, &'static str, &'static str);

/// What is cut.
const CUTS: [Cut; 6] = [
    // Strings are always passed with `realloc`.
    (
        "    if (realloc === undefined) {",
        "return ptr;\n    }\n",
        "",
    ),
    // A workaround for Safari's limit of two gigabytes of decoded text in the life of a page.
    (
        "cachedTextDecoder.decode();\nconst MAX_SAFARI_DECODE_BYTES",
        "return cachedTextDecoder.decode(bytes);\n}",
        "function decodeText(bytes) {\n    return cachedTextDecoder.decode(bytes);\n}",
    ),
    // Older ways of calling it.
    (
        "function initSync(module) {",
        "const instance",
        "function initSync({ module }) {\n    const imports = __wbg_get_imports();\n    const instance",
    ),
    ("    wasmInstance = instance;", "\n", ""),
    (
        "    wasmModule = module;\n    cachedUint8ArrayMemory0 = null;",
        "\n",
        "",
    ),
    // There is one allocator, so nobody needs to be told of it.
    (
        "function passStringToWasm0(",
        ") {",
        "function passStringToWasm0(arg) {\n    const malloc = wasm.__wbindgen_malloc;\n    const realloc = wasm.__wbindgen_realloc;",
    ),
];

/// The glue without these parts.
pub(crate) fn trim(glue: &str) -> Result<String> {
    let mut trimmed = glue.to_owned();
    for (from, to, instead) in CUTS {
        trimmed = cut(&trimmed, from, to, instead)
            .with_context(|| format!("wasm-bindgen's glue has changed, it lacks: {from}"))?;
    }
    let trimmed = trimmed.replace(", wasm.__wbindgen_malloc, wasm.__wbindgen_realloc)", ")");
    Ok(without_frees(&trimmed))
}

fn cut(text: &str, from: &str, to: &str, instead: &str) -> Option<String> {
    let (before, rest) = text.split_once(from)?;
    let (_, after) = rest.split_once(to)?;
    Some([before, instead, after].concat())
}

/// Passing a string fails only when memory runs out; then nobody frees anything.
fn without_frees(glue: &str) -> String {
    let mut out = String::with_capacity(glue.len());
    let mut rest = glue;
    while let Some((before, tried)) = rest.split_once("    try {\n        ptr0 = ") {
        let caught = tried
            .split_once("    } catch (e) {\n")
            .and_then(|(tried, caught)| {
                let (_, after) = caught.split_once("        throw e;\n    }\n")?;
                Some((tried, after))
            });
        let Some((tried, after)) = caught else { break };
        out.push_str(before);
        out.push_str("        ptr0 = ");
        out.push_str(tried);
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{trim, without_frees};

    #[test]
    fn takes_the_freeing_of_strings_out() {
        let glue = "f() {\n    let ptr0;\n    try {\n        ptr0 = pass(a);\n    } catch (e) {\n        if (ptr0) { free(ptr0); }\n        throw e;\n    }\n    wasm.f(ptr0);\n}\n";
        assert_eq!(
            without_frees(glue),
            "f() {\n    let ptr0;\n        ptr0 = pass(a);\n    wasm.f(ptr0);\n}\n"
        );
    }

    #[test]
    fn does_not_pass_by_what_has_changed() {
        let error = trim("function other() {}").unwrap_err().to_string();
        assert!(error.contains("realloc === undefined"), "{error}");
    }
}
