//! The window, the document, and elements in it.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, Window};

pub(super) fn window() -> Window {
    // The SDK runs in pages only, where the global object is a window.
    js_sys::global().unchecked_into()
}

pub(super) fn document() -> Option<Document> {
    window().document()
}

pub(super) fn by_id(id: &str) -> Option<HtmlElement> {
    document()?
        .get_element_by_id(id)
        .map(JsCast::unchecked_into)
}

/// The frame that shows an ad inside a slot's element, past those that ad servers keep hidden.
pub(super) fn visible_frame(slot: &Element) -> Option<HtmlElement> {
    let found =
        slot.query_selector("iframe:not([style*=\"display: none\"]):not([style*=\"hidden\"])");
    found.ok().flatten().map(JsCast::unchecked_into)
}

pub(super) fn set_style(element: &Element, style: &str) {
    set(element, "style", style);
}

pub(super) fn set(element: &Element, name: &str, value: &str) {
    // Only an invalid name could fail, and ours are constants.
    drop(element.set_attribute(name, value));
}
