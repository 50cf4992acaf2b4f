//! Google Publisher Tag, by `js/bridge.js`, where each call is allowed to fail.

use super::{app, bridge};
use crate::ad_server::{parse_known, parse_report};
use crate::json::Writer;
use crate::platform::Input;
use crate::targeting;
use wasm_bindgen::closure::Closure;

/// Follows the library's reports for as long as the page lives.
pub(super) fn listen() {
    let heard = Closure::<dyn FnMut(String)>::new(|text: String| {
        if let Some(report) = parse_report(&text) {
            app::dispatch(report);
        }
    });
    bridge::follow(heard.into_js_value());
}

/// Tells the core which slots the library knows, once it runs, which may be at once.
pub(super) fn find_slots() {
    bridge::when_ready(Closure::once_into_js(|text: String| {
        app::dispatch(Input::AdServerKnows(parse_known(&text).unwrap_or_default()));
    }));
}

/// Sets a slot's key-values in place of those that an earlier auction left.
pub(super) fn set_keys(element: &str, keys: &[(String, String)]) {
    let mut object = Writer::default();
    object.raw("{");
    for (key, value) in keys {
        object.string(key, value);
    }
    object.raw("}");
    bridge::set_keys(element, targeting::PREFIX, &object.finish());
}

/// Lets the library ask for the ads of these slots, in one request where it can.
pub(super) fn request_ads(elements: &[String]) {
    let mut array = Writer::default();
    array.raw("[");
    for element in elements {
        array.item(element);
    }
    array.raw("]");
    bridge::request_ads(&array.finish());
}
