//! Timers of the core, as the page keeps them: one of each kind, and for some kinds one for each slot or auction.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::platform::Timer;

/// Kinds of timers; scripts know each by its text.
#[wasm_bindgen]
#[derive(Debug, Clone, Copy)]
pub enum TimerKind {
    /// Events have waited long enough.
    Flush = "flush",
    /// Look again for missing slots.
    Retry = "retry",
    /// An auction's time is up.
    Failsafe = "failsafe",
    /// No creative of ours has asked for its markup.
    OwnLineItem = "ownLineItem",
    /// Perhaps on screen long enough.
    View = "view",
    /// The bid is too old.
    Expiry = "expiry",
}

/// A timer's kind, and which one of the kind it is.
pub(super) fn named(timer: Timer) -> (TimerKind, usize) {
    match timer {
        Timer::Flush => (TimerKind::Flush, 0),
        Timer::Retry => (TimerKind::Retry, 0),
        Timer::Failsafe(auction) => (
            TimerKind::Failsafe,
            usize::try_from(auction).unwrap_or_default(),
        ),
        Timer::OwnLineItem(slot) => (TimerKind::OwnLineItem, slot),
        Timer::View(slot) => (TimerKind::View, slot),
        Timer::Expiry(slot) => (TimerKind::Expiry, slot),
    }
}

/// The reverse of [`named`].
pub(super) fn timer(kind: TimerKind, place: usize) -> Option<Timer> {
    Some(match kind {
        TimerKind::Flush => Timer::Flush,
        TimerKind::Retry => Timer::Retry,
        TimerKind::Failsafe => Timer::Failsafe(u32::try_from(place).ok()?),
        TimerKind::OwnLineItem => Timer::OwnLineItem(place),
        TimerKind::View => Timer::View(place),
        TimerKind::Expiry => Timer::Expiry(place),
        TimerKind::__Invalid => return None,
    })
}
