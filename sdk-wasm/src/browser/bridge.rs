//! The calls into `js/bridge.js`, in one block: two would import the file twice.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(module = "/js/bridge.js")]
extern "C" {
    /// Sends a batch of events in a way that outlives the page.
    pub(super) fn send(url: &str, batch: &str);
    /// Calls an address without looking at the answer.
    pub(super) fn notice(url: &str);
    /// Passes each report of the ad server's library to a function.
    pub(super) fn follow(heard: JsValue);
    /// Runs a function with the library's slots, once the library runs.
    #[wasm_bindgen(js_name = whenReady)]
    pub(super) fn when_ready(command: JsValue);
    /// Sets a slot's key-values in place of those with the prefix.
    #[wasm_bindgen(js_name = setKeys)]
    pub(super) fn set_keys(element: &str, prefix: &str, keys: &str);
    /// Lets the library ask for the ads of these elements' slots.
    #[wasm_bindgen(js_name = requestAds)]
    pub(super) fn request_ads(elements: &str);
}
