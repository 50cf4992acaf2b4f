//! What happens: each input is a function that scripts call. `js/page.js` calls most of them, `js/sdk.js` those of the start.

use core::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

use super::effects::perform;
use super::steps::{Noted, step};
use super::timers::{TimerKind, timer};
use crate::ad_server::{parse_known, parse_report};
use crate::boot::Boot;
use crate::config::{Config, ad_units};
use crate::json::Value;
use crate::platform::{Effect, Input, NewView};
use crate::session::Session;
use crate::units::Elapsed;

thread_local! {
    static SESSION: RefCell<Option<Session>> = const { RefCell::new(None) };
}

#[wasm_bindgen(module = "earlybid-page")]
extern "C" {
    /// Milliseconds of the page view.
    fn now() -> f64;
}

/// Takes over from the loader; `false` when there is nothing to take over.
///
/// `config` is the page config as JSON, `facts` what [`Boot`] reads, `at` milliseconds of the page view.
#[wasm_bindgen]
pub fn start(config: &str, facts: &str, at: f64) -> bool {
    let (Ok(config), Ok(boot)) = (Config::parse(config), Boot::parse(facts)) else {
        return false;
    };
    let (session, effects) = Session::start(config, boot, Elapsed::from_browser(at));
    SESSION.with_borrow_mut(|known| *known = Some(session));
    perform_all(&effects);
    true
}

/// An auction's answer came, or will not come (status 0).
#[wasm_bindgen]
pub fn answered(auction_id: String, status: u16, body: String, at: f64) {
    tell_at(
        Input::Answered {
            auction_id,
            status,
            body,
            at: Elapsed::from_browser(at),
        },
        at,
    );
}

/// The time that the page waits for the loader's auctions is up.
#[wasm_bindgen(js_name = failsafeUp)]
pub fn failsafe_up() {
    tell(Input::FailsafeUp);
}

/// A timer is up.
#[wasm_bindgen(js_name = timerUp)]
pub fn timer_up(kind: TimerKind, place: usize) {
    if let Some(timer) = timer(kind, place) {
        tell(Input::TimerUp(timer));
    }
}

/// The page wants new ads in these slots or, if none is named, in all that have had an auction.
#[wasm_bindgen]
pub fn refresh(codes: &str) {
    if let Ok(codes) = Value::array(codes) {
        let codes = codes.texts();
        tell(Input::Refresh { codes });
    }
}

/// The ad server's library runs and knows these slots.
#[wasm_bindgen(js_name = adServerKnows)]
pub fn ad_server_knows(slots: &str) {
    tell(Input::AdServerKnows(parse_known(slots).unwrap_or_default()));
}

/// The ad server's library reports on a slot.
#[wasm_bindgen]
pub fn reported(report: &str, at: f64) {
    if let Some(report) = parse_report(report) {
        tell_at(report, at);
    }
}

/// A message came from some frame; it can be answered under this number.
#[wasm_bindgen]
pub fn message(text: String, port: u32, at: f64) {
    let port = Some(port);
    tell_at(Input::Message { text, port }, at);
}

/// The frame made beforehand is ready for markup.
#[wasm_bindgen(js_name = frameReady)]
pub fn frame_ready(slot: usize) {
    tell(Input::FrameReady(slot));
}

/// The slot's element is not in the page yet.
#[wasm_bindgen(js_name = frameMissing)]
pub fn frame_missing(slot: usize) {
    tell(Input::FrameMissing(slot));
}

/// The markup is in the frame.
#[wasm_bindgen(js_name = frameWritten)]
pub fn frame_written(slot: usize) {
    tell(Input::FrameWritten(slot));
}

/// How much of a watched ad is on screen.
#[wasm_bindgen(js_name = onScreen)]
pub fn on_screen(slot: usize, permille: u32, area: u32) {
    tell(Input::OnScreen {
        slot,
        permille,
        area,
    });
}

/// The tab came or went.
#[wasm_bindgen(js_name = pageHidden)]
pub fn page_hidden(hidden: bool) {
    tell(Input::PageHidden(hidden));
}

/// The page is being left.
#[wasm_bindgen(js_name = pageLeft)]
pub fn page_left() {
    tell(Input::PageLeft);
}

/// Events that wait must be sent now.
#[wasm_bindgen]
pub fn flush() {
    tell(Input::Flush);
}

/// Something outside the core failed.
#[wasm_bindgen]
pub fn failed(reason: String) {
    tell(Input::Failed(reason));
}

/// Slots that no auction has been asked for are due.
#[wasm_bindgen(js_name = askDue)]
pub fn ask_due() {
    tell(Input::AskDue);
}

/// The page has further slots: JSON, since what they hold for bidders and house ads is passed on as it is written.
#[wasm_bindgen(js_name = slotsAdded)]
pub fn slots_added(units: &str) {
    if let Ok(units) = Value::array(units) {
        tell(Input::SlotsAdded(ad_units(&units)));
    }
}

/// The page takes these slots away.
#[wasm_bindgen(js_name = slotsRemoved)]
pub fn slots_removed(codes: &str) {
    if let Ok(codes) = Value::array(codes) {
        tell(Input::SlotsRemoved(codes.texts()));
    }
}

/// The slot's element came near the screen.
#[wasm_bindgen]
pub fn near(slot: usize, render: bool) {
    tell(Input::Near { slot, render });
}

/// The viewport has this width.
#[wasm_bindgen]
pub fn viewport(width: u32) {
    tell(Input::Viewport(width));
}

/// Another page view begins.
#[wasm_bindgen(js_name = newView)]
pub fn new_view(id: String, began_at: f64, url: String, path: String) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "float to integer saturates"
    )]
    let began_at = began_at as u64;
    tell(Input::NewView(NewView {
        id,
        began_at,
        url,
        path,
    }));
}

/// The page wants to hear of each step and each change of a slot.
#[wasm_bindgen(js_name = listenerAdded)]
pub fn listener_added() {
    tell(Input::ListenerAdded);
}

/// Something went wrong with the slot's ad.
#[wasm_bindgen(js_name = slotFailed)]
pub fn slot_failed(slot: usize, reason: String) {
    tell(Input::SlotFailed(slot, reason));
}

/// A script saw a step; `slot` is empty for one of the whole page, `fields` a JSON object without its braces.
#[wasm_bindgen]
pub fn noted(noted: Noted, slot: String, fields: String, at: f64) {
    if let Some(step) = step(noted) {
        tell_at(Input::Noted { step, slot, fields }, at);
    }
}

// Not inlined, since every input calls it.
#[inline(never)]
fn tell(input: Input) {
    tell_at(input, now());
}

#[inline(never)]
fn tell_at(input: Input, at: f64) {
    let at = Elapsed::from_browser(at);
    let effects = SESSION.with(|known| match known.try_borrow_mut() {
        Ok(mut known) => known.as_mut().map(|session| session.handle(input, at)),
        Err(_) => None,
    });
    perform_all(&effects.unwrap_or_default());
}

fn perform_all(effects: &[Effect]) {
    effects.iter().for_each(perform);
}
