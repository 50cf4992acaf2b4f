//! Events of the window and the document.

use super::app;
use super::element::{document, window};
use super::frame;
use crate::platform::Input;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventTarget, MessageEvent, VisibilityState};

/// A listener that goes away when dropped.
pub(crate) struct Listener {
    target: EventTarget,
    name: &'static str,
    callback: Closure<dyn FnMut(Event)>,
}

impl Listener {
    fn new(target: EventTarget, name: &'static str, heard: fn(Event)) -> Option<Self> {
        let callback = Closure::<dyn FnMut(Event)>::new(heard);
        target
            .add_event_listener_with_callback(name, callback.as_ref().unchecked_ref())
            .ok()?;
        Some(Self {
            target,
            name,
            callback,
        })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let handler = self.callback.as_ref().unchecked_ref();
        drop(
            self.target
                .remove_event_listener_with_callback(self.name, handler),
        );
    }
}

/// Messages of frames; the tab that comes and goes; the page that is left.
pub(super) fn to_page() -> Vec<Listener> {
    let mut listeners = Vec::new();
    listeners.extend(Listener::new(window().into(), "message", heard_message));
    listeners.extend(Listener::new(window().into(), "pagehide", |_| {
        app::dispatch(Input::PageLeft);
    }));
    listeners.extend(document().and_then(|document| {
        Listener::new(document.into(), "visibilitychange", |_| {
            let hidden = document_is_hidden();
            app::dispatch(Input::PageHidden(hidden));
        })
    }));
    listeners
}

fn document_is_hidden() -> bool {
    document().is_some_and(|document| document.visibility_state() == VisibilityState::Hidden)
}

fn heard_message(event: Event) {
    let event: MessageEvent = event.unchecked_into();
    let Some(text) = event.data().as_string() else {
        return;
    };
    if text == frame::WRITTEN {
        return frame::written(&event);
    }
    let Some(app) = app::current() else { return };
    let port = Some(event.ports().get(0)).filter(JsValue::is_object);
    let answerable = port.is_some();
    app.port.replace(port.map(JsCast::unchecked_into));
    app::dispatch(Input::Message { text, answerable });
    // Not answered: the port belongs to somebody else's conversation.
    app.port.take();
}
