//! Timers that stop when dropped.

use super::app::{self, App};
use super::element::window;
use crate::platform::{Input, Timer};
use crate::units::Elapsed;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// A running timer.
pub(crate) struct Timeout {
    id: i32,
    _callback: Closure<dyn FnMut()>,
}

/// All that run, by what they are for.
pub(super) type Timers = Vec<(Timer, Timeout)>;

impl Drop for Timeout {
    fn drop(&mut self) {
        window().clear_timeout_with_handle(self.id);
    }
}

impl App {
    pub(super) fn start_timer(&self, timer: Timer, after: Elapsed) {
        let callback = Closure::<dyn FnMut()>::new(move || app::dispatch(Input::TimerUp(timer)));
        let millis = i32::try_from(after.timer_millis()).unwrap_or(i32::MAX);
        let handler = callback.as_ref().unchecked_ref();
        let started =
            window().set_timeout_with_callback_and_timeout_and_arguments_0(handler, millis);
        let Ok(id) = started else { return };
        let mut timers = self.timers.borrow_mut();
        timers.retain(|(known, _)| *known != timer);
        timers.push((
            timer,
            Timeout {
                id,
                _callback: callback,
            },
        ));
    }
}
