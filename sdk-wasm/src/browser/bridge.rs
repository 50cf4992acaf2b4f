//! The import of the module. One, since each costs bytes on both sides.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(module = "earlybid-page")]
extern "C" {
    /// Performs an effect after the core has returned; what the values are depends on the kind.
    pub(super) fn perform(kind: u32, slot: u32, a: u32, b: u32, text: &str, more: &str);
}
