//! How much of an ad is on screen.

use super::app::{self, App};
use super::element::{by_id, visible_frame};
use crate::platform::Input;
use js_sys::Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// An observer that stops when dropped.
pub(crate) struct Watch {
    observer: IntersectionObserver,
    _callback: Closure<dyn FnMut(Array)>,
}

/// All that are on, by slot.
pub(super) type Watches = Vec<(usize, Watch)>;

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

impl App {
    pub(super) fn watch(&self, slot: usize, element: &str) {
        let Some(place) = by_id(element) else {
            return;
        };
        let target = visible_frame(&place).unwrap_or(place);
        self.unwatch(slot);
        self.watches
            .borrow_mut()
            .extend(observe(&target, slot).map(|watch| (slot, watch)));
    }

    pub(super) fn unwatch(&self, slot: usize) {
        self.watches
            .borrow_mut()
            .retain(|(known, _)| *known != slot);
    }
}

fn observe(target: &Element, slot: usize) -> Option<Watch> {
    let callback = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
        let last = entries.get(entries.length().saturating_sub(1));
        if last.is_object() {
            seen(slot, last.unchecked_ref());
        }
    });
    let options = IntersectionObserverInit::new();
    let thresholds: Array = [0.0, 0.3, 0.5, 1.0]
        .into_iter()
        .map(JsValue::from_f64)
        .collect();
    options.set_threshold(&thresholds);
    let handler = callback.as_ref().unchecked_ref();
    let observer = IntersectionObserver::new_with_options(handler, &options).ok()?;
    observer.observe(target);
    Some(Watch {
        observer,
        _callback: callback,
    })
}

fn seen(slot: usize, entry: &IntersectionObserverEntry) {
    let bounds = entry.bounding_client_rect();
    let permille = entry.intersection_ratio() * 1000.0;
    let area = bounds.width() * bounds.height();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "float to integer saturates"
    )]
    app::dispatch(Input::Seen {
        slot,
        permille: permille.round() as u32,
        area: area.round() as u32,
    });
}
