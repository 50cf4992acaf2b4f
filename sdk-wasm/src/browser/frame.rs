//! Frames for ads: our own, sandboxed and made beforehand, and the ad server's, resized.

use super::app::{self, App};
use super::element::{self, by_id, set, set_style};
use crate::platform::Input;
use crate::units::Size;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, HtmlIFrameElement, MessageEvent};

/// What the frame says when the markup is in it.
pub(super) const WRITTEN: &str = "earlybid:written";

/// The script of a frame made beforehand: it waits for markup and writes it over itself.
const BOOTSTRAP: &str = include_str!("../../js/frame.js");

/// Scripts run, but in an origin of their own: no cookies, no access to the page, and the page
/// itself goes elsewhere only when the visitor clicks.
const SANDBOX: &str = "allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox \
                       allow-top-navigation-by-user-activation";

const WAITING: &str = "border:0;position:absolute;visibility:hidden;";

/// The frames of a slot.
#[derive(Default)]
pub(crate) struct SlotFrames {
    shown: Option<Frame>,
    waiting: Option<Frame>,
}

/// A frame that leaves the page when dropped.
struct Frame {
    element: HtmlIFrameElement,
    _loaded: Closure<dyn FnMut()>,
}

impl Drop for Frame {
    fn drop(&mut self) {
        self.element.set_onload(None);
        self.element.remove();
    }
}

impl App {
    pub(super) fn place_frame(&self, slot: usize, code: &str, reserve: Size) {
        let placed = by_id(code).and_then(|place| new_frame(&place, slot, reserve, &self.nonce));
        let Some(frame) = placed else {
            return app::dispatch(Input::FrameMissing(slot));
        };
        if let Some(frames) = self.frames.borrow_mut().get_mut(slot) {
            frames.waiting = Some(frame);
        }
    }

    pub(super) fn write_frame(&self, slot: usize, size: Size, markup: &str) {
        let mut frames = self.frames.borrow_mut();
        let Some(frames) = frames.get_mut(slot) else {
            return;
        };
        let Some(frame) = frames.waiting.take() else {
            return;
        };
        set(&frame.element, "width", &side(size.width));
        set(&frame.element, "height", &side(size.height));
        set_style(
            &frame.element,
            "border:0;display:block;max-width:100%;margin:0 auto",
        );
        if let Some(window) = frame.element.content_window() {
            // The frame's origin is opaque, so it cannot be named; the window is the address.
            drop(window.post_message(&JsValue::from_str(markup), "*"));
        }
        frames.shown = Some(frame);
    }

    pub(super) fn clear_frame(&self, slot: usize) {
        if let Some(frames) = self.frames.borrow_mut().get_mut(slot) {
            *frames = SlotFrames::default();
        }
    }
}

fn new_frame(place: &HtmlElement, slot: usize, reserve: Size, nonce: &str) -> Option<Frame> {
    reserve_space(place, reserve);
    let element: HtmlIFrameElement = element::document()?
        .create_element("iframe")
        .ok()?
        .unchecked_into();
    let loaded = Closure::<dyn FnMut()>::new(move || app::dispatch(Input::FrameReady(slot)));
    element.set_onload(Some(loaded.as_ref().unchecked_ref()));
    set(&element, "sandbox", SANDBOX);
    set(&element, "title", "Advertisement");
    set(&element, "scrolling", "no");
    set_style(&element, WAITING);
    element.set_srcdoc(&document_of_frame(nonce));
    place.append_child(&element).ok()?;
    Some(Frame {
        element,
        _loaded: loaded,
    })
}

/// Keeps the page from moving when the ad comes, unless the publisher has seen to it.
fn reserve_space(place: &HtmlElement, size: Size) {
    let style = place.get_attribute("style").unwrap_or_default();
    if !size.is_empty() && place.offset_height() < 1 {
        let mut reserved = style;
        reserved.push_str(";min-height:");
        reserved.push_str(&side(size.height));
        reserved.push_str("px");
        set_style(place, &reserved);
    }
}

/// A frame made from a string inherits the page's policy, so its script needs the page's nonce.
fn document_of_frame(nonce: &str) -> String {
    let mut document = String::from("<!doctype html><meta charset=utf-8><script");
    if !nonce.is_empty() {
        document.push_str(" nonce=\"");
        document.push_str(nonce);
        document.push('"');
    }
    document.push('>');
    document.push_str(BOOTSTRAP);
    document.push_str("</script>");
    document
}

/// Which frame says that its markup is in it.
pub(super) fn written(event: &MessageEvent) {
    let source = event.source().map(JsValue::from).unwrap_or_default();
    let Some(app) = app::current() else { return };
    let is_source = |frames: &SlotFrames| {
        let window = frames
            .shown
            .as_ref()
            .and_then(|frame| frame.element.content_window());
        window.is_some_and(|window| JsValue::from(window) == source)
    };
    let slot = app.frames.borrow().iter().position(is_source);
    if let Some(slot) = slot {
        app::dispatch(Input::FrameWritten(slot));
    }
}

/// The ad server's frame and its container take the size of the creative inside.
pub(super) fn resize(element: &str, size: Size) {
    let Some(place) = by_id(element) else {
        return;
    };
    let Some(frame) = element::visible_frame(&place) else {
        return;
    };
    let (width, height) = (side(size.width), side(size.height));
    set(&frame, "width", &width);
    set(&frame, "height", &height);
    let parent = frame.parent_element().map(JsCast::unchecked_into);
    for element in [Some(frame), parent].into_iter().flatten() {
        for (name, pixels) in [("width", &width), ("height", &height)] {
            let mut value = pixels.clone();
            value.push_str("px");
            drop(element.style().set_property(name, &value));
        }
    }
}

fn side(pixels: u32) -> String {
    let mut text = String::new();
    crate::json::push_integer(&mut text, u64::from(pixels));
    text
}
