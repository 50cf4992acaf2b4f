//! All that JavaScript calls: convert and delegate. `js/sdk.js` and `js/page.js` are the only callers.

use crate::ad_server::{parse_known, parse_report};
use crate::boot::{Boot, parse_view};
use crate::browser;
use crate::config::{Config, ad_units};
use crate::json::Value;
use crate::platform::{Effect, Input, Timer};
use crate::session::Session;
use crate::units::Elapsed;
use ad_events::render::Step;
use core::cell::RefCell;
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    static SESSION: RefCell<Option<Session>> = const { RefCell::new(None) };
}

/// Takes over from the loader; `false` when there is nothing to take over.
///
/// `config` is the page config as JSON, `facts` what [`Boot`] reads, `now` milliseconds of the
/// page view.
#[wasm_bindgen]
pub fn start(config: &str, facts: &str, now: f64) -> bool {
    let (Ok(config), Ok(boot)) = (Config::parse(config), Boot::parse(facts)) else {
        return false;
    };
    let (session, effects) = Session::start(config, boot, Elapsed::from_browser(now));
    SESSION.with_borrow_mut(|known| *known = Some(session));
    perform(&effects);
    true
}

/// Something happened to the page; what the values mean depends on the kind.
#[wasm_bindgen]
#[expect(
    clippy::too_many_arguments,
    reason = "one export costs fewer bytes than one for each kind of input"
)]
pub fn happened(kind: u32, slot: u32, a: u32, b: u32, text: String, more: String, at: f64) {
    let at = Elapsed::from_browser(at);
    let Some(input) = input(kind, (slot, a, b), (text, more), at) else {
        return;
    };
    let effects = SESSION.with(|known| match known.try_borrow_mut() {
        Ok(mut known) => known.as_mut().map(|session| session.handle(input, at)),
        Err(_) => None,
    });
    perform(&effects.unwrap_or_default());
}

fn perform(effects: &[Effect]) {
    for effect in effects {
        browser::perform(effect);
    }
}

fn input(
    kind: u32,
    (slot, a, b): (u32, u32, u32),
    (text, more): (String, String),
    at: Elapsed,
) -> Option<Input> {
    let number = slot;
    let slot = usize::try_from(slot).ok()?;
    Some(match kind {
        0 => Input::Answered {
            auction_id: text,
            status: u16::try_from(a).unwrap_or_default(),
            body: more,
            at,
        },
        1 => Input::FailsafeUp,
        2 => Input::TimerUp(Timer::from_code(a, number)?),
        3 => Input::Refresh {
            codes: Value::array(&text).ok()?.texts(),
        },
        4 => Input::AdServerKnows(parse_known(&text).unwrap_or_default()),
        5 => parse_report(&text)?,
        6 => Input::Message {
            text,
            port: (a > 0).then_some(a),
        },
        7 => Input::FrameReady(slot),
        8 => Input::FrameMissing(slot),
        9 => Input::FrameWritten(slot),
        10 => Input::OnScreen {
            slot,
            permille: a,
            area: b,
        },
        11 => Input::PageHidden(a == 1),
        12 => Input::PageLeft,
        13 => Input::Flush,
        14 => Input::Failed(text),
        15 => Input::AskDue,
        16 => Input::SlotsAdded(ad_units(&Value::array(&text).ok()?)),
        17 => Input::SlotsRemoved(Value::array(&text).ok()?.texts()),
        18 => Input::Near {
            slot,
            render: a == 1,
        },
        19 => Input::Viewport(a),
        20 => Input::NewView(parse_view(&text).ok()?),
        21 => Input::ListenerAdded,
        22 => Input::SlotFailed(slot, text),
        23 => Input::Noted {
            step: *Step::ALL.get(usize::try_from(a).ok()?)?,
            slot: text,
            fields: more,
        },
        _ => return None,
    })
}
