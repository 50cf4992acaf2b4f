//! The page's monotonic clock, counted from navigation or, for a prerendered page, activation.

use crate::units::Elapsed;
use core::cell::Cell;

thread_local! {
    static ORIGIN: Cell<Elapsed> = const { Cell::new(Elapsed(0)) };
}

pub(super) fn set_origin(origin: Elapsed) {
    ORIGIN.set(origin);
}

pub(crate) fn now() -> Elapsed {
    let millis = super::element::window()
        .performance()
        .map_or(0.0, |clock| clock.now());
    Elapsed::from_browser(millis).since(ORIGIN.get())
}
